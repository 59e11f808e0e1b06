/* Message links over TLS against real servers: mosquitto and a server of libwebsockets, with certificates that openssl makes. A link is up only
 * when the certificate is signed by the CA that was given, names the host, and is in date. */
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "ef_monotonic.h"
#include "ef_mqtt.h"
#include "ef_websocket.h"
#include "loopback.h"
#include "suites.h"

#define LONGEST_MS 20000

static char dir[64];
static pid_t broker, server; /* libwebsockets leaks when a process has two contexts with TLS, so the server is another one */

/* --- certificates --- */

static void run_shell(const char *format, const char *a, const char *b)
{
    char command[1024];
    int n = snprintf(command, sizeof command, format, a, b);
    assert_true(n > 0 && (size_t)n < sizeof command);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null_fd = open("/dev/null", O_RDWR);
        (void)dup2(null_fd, STDOUT_FILENO);
        (void)dup2(null_fd, STDERR_FILENO);
        if (chdir(dir) != 0)
            _exit(126);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("this failed: %s", command);
}

#define NEW_KEY "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

static void make_ca(const char *name)
{
    run_shell("openssl req -x509 " NEW_KEY " -keyout %s.key -out %s.crt -days 2 -subj '/CN=EspForge test CA'", name, name);
}

/* For a host: the name the certificate is for, and how many days it is good. */
static void make_certificate(const char *name, const char *alternative, const char *days)
{
    char options[128];
    run_shell("openssl req " NEW_KEY " -keyout %s.key -out %s.csr -subj /CN=server", name, name);
    run_shell("printf 'subjectAltName=%s' > %s.ext", alternative, name);
    (void)snprintf(options, sizeof options, "-in %s.csr -extfile %s.ext -out %s.crt", name, name, name);
    run_shell("openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days %s %s", days, options);
}

static void path_of(const char *name, char out[128])
{
    (void)snprintf(out, 128, "%s/%s", dir, name);
}

/* --- servers --- */

static int start_broker(const char *certificate)
{
    char config[128], crt[128], key[128], name[40];
    const struct passwd *user = getpwuid(getuid());
    int port = free_port();
    path_of("mosquitto.conf", config);
    (void)snprintf(name, sizeof name, "%s.crt", certificate);
    path_of(name, crt);
    (void)snprintf(name, sizeof name, "%s.key", certificate);
    path_of(name, key);
    FILE *file = fopen(config, "w");
    assert_non_null(file);
    (void)fprintf(file, "listener %d 127.0.0.1\nallow_anonymous true\npersistence false\ncertfile %s\nkeyfile %s\n", port, crt, key);
    if (user != NULL)
        (void)fprintf(file, "user %s\n", user->pw_name);
    assert_int_equal(fclose(file), 0);
    broker = fork();
    assert_true(broker >= 0);
    if (broker == 0) {
        int null_fd = open("/dev/null", O_RDWR);
        (void)dup2(null_fd, STDOUT_FILENO);
        (void)dup2(null_fd, STDERR_FILENO);
        (void)execl(EF_MOSQUITTO, "mosquitto", "-c", config, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && !is_listening(port); i++)
        pause_ms(20);
    assert_true(is_listening(port));
    return port;
}

static int on_server_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    (void)wsi, (void)reason, (void)user, (void)in, (void)len;
    return 0;
}

static const struct lws_protocols protocols[] = {
    {"http", lws_callback_http_dummy, 0, 0, 0, NULL, 0}, {"espforge.v1", on_server_event, 0, 4096, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};

static _Noreturn void serve(int port, const char *crt, const char *key)
{
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = port;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.gid = info.uid = -1;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = crt;
    info.ssl_private_key_filepath = key;
    lws_set_log_level(0, NULL);
    struct lws_context *context = lws_create_context(&info);
    while (context != NULL && getppid() != 1)
        (void)lws_service(context, 0);
    _exit(1);
}

static int start_server(const char *certificate)
{
    char crt[128], key[128], name[40];
    int port = free_port();
    (void)snprintf(name, sizeof name, "%s.crt", certificate);
    path_of(name, crt);
    (void)snprintf(name, sizeof name, "%s.key", certificate);
    path_of(name, key);
    server = fork();
    assert_true(server >= 0);
    if (server == 0)
        serve(port, crt, key);
    for (int i = 0; i < 500 && !is_listening(port); i++)
        pause_ms(20);
    assert_true(is_listening(port));
    return port;
}

static void stop(pid_t *pid)
{
    if (*pid > 0) {
        (void)kill(*pid, SIGKILL);
        (void)waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

static void stop_servers(void)
{
    stop(&broker);
    stop(&server);
}

/* --- the links --- */

/* Whether the link comes up; it either does or says that it is lost. */
static bool mqtt_comes_up(const char *ca, const char *host, int port)
{
    char file[128], url[64];
    uint8_t out[256];
    size_t len;
    ef_response response;
    path_of(ca, file);
    (void)snprintf(url, sizeof url, "mqtts://%s:%d", host, port);
    const ef_request request = {.link = EF_LINK_MQTT, .url = url, .bearer = "jwt", .device_id = "dev-1", .topic_root = "espforge/dev-1", .keep_alive_s = 60};
    ef_mqtt *link = ef_mqtt_open(file, false);
    assert_non_null(link);
    ef_response_clear(&response);
    ef_status status = ef_mqtt_begin(link, &request);
    for (int64_t until = ef_monotonic_ms() + LONGEST_MS; status != EF_NETWORK && response.status == 0;) {
        assert_true(ef_monotonic_ms() < until);
        status = ef_mqtt_read(link, &response, out, sizeof out, &len);
        pause_ms(2);
    }
    ef_mqtt_close(link);
    return response.status == 200;
}

static bool websocket_comes_up(const char *ca, const char *host, int port)
{
    char file[128], url[96];
    uint8_t out[256];
    size_t len;
    ef_response response;
    path_of(ca, file);
    (void)snprintf(url, sizeof url, "wss://%s:%d/device/v1/ws", host, port);
    const ef_request request = {.link = EF_LINK_WEBSOCKET, .url = url, .bearer = "jwt", .device_id = "dev-1", .topic_root = "espforge/dev-1", .keep_alive_s = 60};
    ef_websocket *link = ef_websocket_open(file, false);
    assert_non_null(link);
    ef_response_clear(&response);
    ef_status status = ef_websocket_begin(link, &request);
    for (int64_t until = ef_monotonic_ms() + LONGEST_MS; status != EF_NETWORK && response.status == 0;) {
        assert_true(ef_monotonic_ms() < until);
        status = ef_websocket_read(link, &response, out, sizeof out, &len);
        pause_ms(2);
    }
    ef_websocket_close(link);
    return response.status == 200;
}

static void mqtts_is_up_with_the_ca_that_was_given(void **state)
{
    (void)state;
    int port = start_broker("good");
    assert_true(mqtt_comes_up("ca.crt", "localhost", port));
    assert_true(mqtt_comes_up("ca.crt", "127.0.0.1", port));
    stop_servers();
}

static void mqtts_is_refused_without_it(void **state)
{
    (void)state;
    int port = start_broker("good");
    assert_false(mqtt_comes_up("other.crt", "localhost", port));
    stop_servers();
}

static void mqtts_is_refused_when_the_name_is_another(void **state)
{
    (void)state;
    int port = start_broker("named");
    assert_false(mqtt_comes_up("ca.crt", "localhost", port));
    stop_servers();
}

static void mqtts_is_refused_when_the_certificate_has_expired(void **state)
{
    (void)state;
    int port = start_broker("expired");
    assert_false(mqtt_comes_up("ca.crt", "localhost", port));
    stop_servers();
}

static void wss_is_up_with_the_ca_that_was_given(void **state)
{
    (void)state;
    int port = start_server("good");
    assert_true(websocket_comes_up("ca.crt", "localhost", port));
    stop_servers();
}

static void refuse_wss(const char *certificate, const char *ca)
{
    int port = start_server(certificate);
    assert_false(websocket_comes_up(ca, "localhost", port));
    stop_servers();
}

static void wss_is_refused_without_it(void **state) { (void)state; refuse_wss("good", "other.crt"); }
static void wss_is_refused_when_the_name_is_another(void **state) { (void)state; refuse_wss("named", "ca.crt"); }
static void wss_is_refused_when_the_certificate_has_expired(void **state) { (void)state; refuse_wss("expired", "ca.crt"); }

static int make_certificates(void **state)
{
    (void)state;
    (void)strcpy(dir, "/tmp/ef-tls-XXXXXX");
    assert_non_null(mkdtemp(dir));
    make_ca("ca");
    make_ca("other");
    make_certificate("good", "DNS:localhost,IP:127.0.0.1", "2");
    make_certificate("named", "DNS:broker.example", "2");
    make_certificate("expired", "DNS:localhost,IP:127.0.0.1", "-1");
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    stop_servers();
    run_shell("rm -f %s*.conf *.crt *.key *.csr *.ext *.srl; rmdir \"%s\"", "", dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mqtts_is_up_with_the_ca_that_was_given),
        cmocka_unit_test(mqtts_is_refused_without_it),
        cmocka_unit_test(mqtts_is_refused_when_the_name_is_another),
        cmocka_unit_test(mqtts_is_refused_when_the_certificate_has_expired),
        cmocka_unit_test(wss_is_up_with_the_ca_that_was_given),
        cmocka_unit_test(wss_is_refused_without_it),
        cmocka_unit_test(wss_is_refused_when_the_name_is_another),
        cmocka_unit_test(wss_is_refused_when_the_certificate_has_expired),
    };
    return cmocka_run_group_tests_name("links over TLS", tests, make_certificates, remove_certificates);
}
