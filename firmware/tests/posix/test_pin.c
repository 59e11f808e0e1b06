/* HTTPS with a pinned key and an own authority, against openssl s_server on loopback. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ef_curl.h"
#include "suites.h"

static char dir[64], ca[128], url[64], pin[64];
static int port;
static pid_t server;

static void shell(const char *format, char *out, size_t cap)
{
    char command[1024];
    (void)snprintf(command, sizeof command, format, dir, dir, dir, dir);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t len = out == NULL ? 0 : fread(out, 1, cap - 1, pipe);
    if (out != NULL)
        out[len] = 0;
    assert_int_equal(pclose(pipe), 0);
}

static bool is_listening(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return ok;
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char accept[32], key[128];
    (void)state;
    (void)strcpy(dir, "/tmp/ef-pin-XXXXXX");
    assert_non_null(mkdtemp(dir));
    shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
          "-keyout %s/key.pem -out %s/cert.pem 2>/dev/null", NULL, 0);
    shell("openssl x509 -in %s/cert.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64 | tr -d '\\n'",
          pin, sizeof pin);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    (void)close(fd);
    port = ntohs(address.sin_port);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d", port);
    (void)snprintf(accept, sizeof accept, "127.0.0.1:%d", port);
    (void)snprintf(ca, sizeof ca, "%s/cert.pem", dir);
    (void)snprintf(key, sizeof key, "%s/key.pem", dir);
    server = fork();
    if (server == 0) {
        int null_fd = open("/dev/null", O_RDWR);
        (void)dup2(null_fd, STDOUT_FILENO);
        (void)dup2(null_fd, STDERR_FILENO);
        (void)execlp("openssl", "openssl", "s_server", "-accept", accept, "-cert", ca, "-key", key, "-www", "-quiet", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && !is_listening(); i++)
        (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    return is_listening() ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    shell("rm -r %s", NULL, 0);
    return 0;
}

/* The status of an answer, 0 when there is none. */
static int status_with(const char *ca_file, const char *pins)
{
    static uint8_t bytes[4096];
    ef_curl *curl = ef_curl_open(url, ca_file, pins);
    ef_response response;
    size_t len;
    const ef_request request = {.method = "GET", .path = "/"};
    ef_response_clear(&response);
    ef_status status = ef_curl_begin(curl, EF_CHANNEL_CONTROL, &request);
    for (int i = 0; i < 500 && (status == EF_OK || status == EF_AGAIN); i++) {
        status = ef_curl_read(curl, EF_CHANNEL_CONTROL, &response, bytes, sizeof bytes, &len);
        if (status == EF_AGAIN)
            ef_curl_wait(curl, 20, -1, false);
    }
    ef_curl_close(curl);
    return response.status;
}

static void only_the_pinned_key_of_a_trusted_host_is_taken(void **state)
{
    (void)state;
    char good[128], two[256];
    (void)snprintf(good, sizeof good, "sha256//%s", pin);
    (void)snprintf(two, sizeof two, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;%s", good);
    assert_int_equal(status_with(ca, NULL), 200);
    assert_int_equal(status_with(NULL, NULL), 0); /* no authority of the system */
    assert_int_equal(status_with(ca, good), 200);
    assert_int_equal(status_with(ca, two), 200);
    assert_int_equal(status_with(ca, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), 0);
    assert_int_equal(status_with(NULL, good), 0); /* a pin does not stand for an authority */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(only_the_pinned_key_of_a_trusted_host_is_taken, set_up, tear_down)};
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("pins", tests, NULL, NULL);
}
