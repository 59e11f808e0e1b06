/* The MQTT link against a real broker: mosquitto on loopback, with a password file and access lists. The agent and its HTTP are those of
 * tests/device, the link is the port's. */
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "device.h"
#include "ef_monotonic.h"
#include "ef_mqtt.h"
#include "loopback.h"
#include "suites.h"

#define LONGEST_MS 20000

static fake_host host;
static device d;
static ef_mqtt *mqtt;
static pid_t broker;
static int port;
static char dir[64], url[64];
static int64_t real_ms;
static uint32_t obeyed;

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    (void)ctx;
    if (channel != EF_CHANNEL_MESSAGES)
        return fake_host_begin(&host, channel, request);
    return request->link == EF_LINK_MQTT ? ef_mqtt_begin(mqtt, request) : EF_NOT_FOUND;
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    (void)ctx;
    return channel == EF_CHANNEL_MESSAGES ? ef_mqtt_read(mqtt, response, out, cap, len) : fake_host_read(&host, channel, response, out, cap, len);
}

static void close_channel(void *ctx, ef_channel channel)
{
    (void)ctx;
    if (channel == EF_CHANNEL_MESSAGES)
        ef_mqtt_end(mqtt);
    else
        fake_host_end(&host, channel);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    (void)ctx, (void)channel;
    return ef_mqtt_send(mqtt, message);
}

static void configure(device *x, ef_agent_config *config)
{
    x->port.open = open_channel;
    x->port.read = read_channel;
    x->port.close = close_channel;
    x->port.send = send_message;
    config->links[0] = EF_LINK_MQTT;
    config->mqtt_url = url;
    config->telemetry_ms = 300;
    config->heartbeat_ms = 500;
}

/* One turn of the device in real time. */
static void turn(void)
{
    bool wants_write = false;
    int fd = ef_mqtt_socket(mqtt, &wants_write);
    struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (wants_write ? POLLOUT : 0))};
    (void)poll(&p, fd >= 0, 5);
    ef_mqtt_pump(mqtt);
    int64_t now = ef_monotonic_ms();
    d.now_ms += now - real_ms;
    host.utc_ms += now - real_ms;
    real_ms = now;
    (void)ef_agent_step(&d.agent, d.now_ms);
}

static bool is_up(void)
{
    return d.agent.messages->up;
}

static bool is_down(void)
{
    return !d.agent.messages->up;
}

static void run_until(bool (*goal)(void))
{
    int64_t until = ef_monotonic_ms() + LONGEST_MS;
    while (!goal()) {
        if (ef_monotonic_ms() > until)
            fail_msg("it did not happen");
        turn();
    }
}

static void run_ms(int64_t ms)
{
    for (int64_t until = ef_monotonic_ms() + ms; ef_monotonic_ms() < until;)
        turn();
}

static void path_of(const char *name, char out[128])
{
    (void)snprintf(out, 128, "%s/%s", dir, name);
}

static pid_t spawn(char *const argv[], int *out)
{
    int pipe_fd[2];
    assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null_fd = open("/dev/null", O_RDWR);
        (void)dup2(out != NULL ? pipe_fd[1] : null_fd, STDOUT_FILENO);
        (void)dup2(null_fd, STDERR_FILENO);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    (void)close(pipe_fd[1]);
    if (out != NULL)
        *out = pipe_fd[0];
    else
        (void)close(pipe_fd[0]);
    return pid;
}

static void set_password(const char *user, const char *password, bool first)
{
    char file[128];
    path_of("passwords", file);
    char *argv[] = {(char *)"mosquitto_passwd", (char *)"-b", first ? (char *)"-c" : file, first ? file : (char *)user,
                    first ? (char *)user : (char *)password, first ? (char *)password : NULL, NULL};
    int status;
    pid_t pid = spawn(argv, NULL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void write_config(void)
{
    char config[128], acl[128], passwords[128];
    path_of("mosquitto.conf", config);
    path_of("acl", acl);
    path_of("passwords", passwords);
    FILE *file = fopen(acl, "w");
    assert_non_null(file);
    (void)fprintf(file, "user dev-1\ntopic readwrite espforge/dev-1/#\nuser tester\ntopic readwrite #\n");
    assert_int_equal(fclose(file), 0);
    const struct passwd *user = getpwuid(getuid());
    file = fopen(config, "w");
    assert_non_null(file);
    (void)fprintf(file, "listener %d 127.0.0.1\nallow_anonymous false\npassword_file %s\nacl_file %s\npersistence false\n", port, passwords, acl);
    if (user != NULL)
        (void)fprintf(file, "user %s\n", user->pw_name);
    assert_int_equal(fclose(file), 0);
}

static void start_broker(void)
{
    char config[128];
    path_of("mosquitto.conf", config);
    char *argv[] = {(char *)EF_MOSQUITTO, (char *)"-c", config, NULL};
    broker = spawn(argv, NULL);
    for (int i = 0; i < 500 && !is_listening(port); i++)
        pause_ms(20);
    assert_true(is_listening(port));
}

static void stop_broker(void)
{
    if (broker > 0) {
        (void)kill(broker, SIGKILL);
        (void)waitpid(broker, NULL, 0);
    }
    broker = 0;
}

/* Tokens of the fake host are jwt.1, jwt.2 and so on. */
static int set_up_with(const char *device_password)
{
    (void)strcpy(dir, "/tmp/ef-mqtt-XXXXXX");
    assert_non_null(mkdtemp(dir));
    port = free_port();
    (void)snprintf(url, sizeof url, "mqtt://127.0.0.1:%d", port);
    set_password("dev-1", device_password, true);
    set_password("tester", "secret", false);
    write_config();
    start_broker();
    fake_host_init(&host);
    mqtt = ef_mqtt_open(NULL, false);
    assert_non_null(mqtt);
    device_create(&d, &host);
    d.configure = configure;
    real_ms = ef_monotonic_ms();
    device_boot(&d);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    (void)set_up_with("jwt.1");
    run_until(is_up);
    return 0;
}

static int set_up_second_token(void **state)
{
    (void)state;
    return set_up_with("jwt.2");
}

static int set_up_no_token(void **state)
{
    (void)state;
    return set_up_with("something else");
}

static int tear_down(void **state)
{
    static const char *const names[] = {"passwords", "acl", "mosquitto.conf"};
    char path[128];
    (void)state;
    ef_mqtt_close(mqtt);
    mqtt = NULL;
    d.on = false;
    device_destroy(&d);
    stop_broker();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_of(names[i], path);
        (void)unlink(path);
    }
    return rmdir(dir);
}

static char seen[8192];

static pid_t subscribe(const char *topic, const char *count, int *out)
{
    char port_text[8];
    (void)snprintf(port_text, sizeof port_text, "%d", port);
    char *argv[] = {(char *)"mosquitto_sub", (char *)"-h", (char *)"127.0.0.1", (char *)"-p", port_text, (char *)"-u", (char *)"tester",
                    (char *)"-P", (char *)"secret", (char *)"-q", (char *)"1", (char *)"-t", (char *)topic, (char *)"-C", (char *)count,
                    (char *)"-W", (char *)"15", (char *)"-F", (char *)"%r %q %p", NULL};
    return spawn(argv, out);
}

/* What mosquitto_sub has printed at its end; the device runs meanwhile. */
static const char *collect(pid_t pid, int fd)
{
    size_t len = 0;
    ssize_t n = 1;
    assert_true(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    while (n != 0) {
        n = read(fd, seen + len, sizeof seen - 1 - len);
        if (n > 0)
            len += (size_t)n;
        turn();
    }
    seen[len] = 0;
    (void)close(fd);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return seen;
}

static const char *receive(const char *topic)
{
    int fd;
    pid_t pid = subscribe(topic, "1", &fd);
    return collect(pid, fd);
}

static void publish(const char *topic, const char *body)
{
    char port_text[8];
    (void)snprintf(port_text, sizeof port_text, "%d", port);
    char *argv[] = {(char *)"mosquitto_pub", (char *)"-h", (char *)"127.0.0.1", (char *)"-p", port_text, (char *)"-u", (char *)"tester",
                    (char *)"-P", (char *)"secret", (char *)"-q", (char *)"1", (char *)"-t", (char *)topic, (char *)"-m", (char *)body, NULL};
    int status;
    pid_t pid = spawn(argv, NULL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void status_and_presence_are_retained(void **state)
{
    (void)state;
    run_ms(300);
    assert_non_null(strstr(receive("espforge/dev-1/lwt"), "1 1 ONLINE"));
    assert_non_null(strstr(receive("espforge/dev-1/status"), "1 1 {\"version\":\"1.0.0\",\"slot\":\"a\""));
}

static void telemetry_arrives_with_qos_1(void **state)
{
    (void)state;
    uint32_t over_https = host.telemetry; /* one perhaps, before the link was up */
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "temperature", 21.5), EF_OK);
    int fd;
    pid_t pid = subscribe("espforge/dev-1/telemetry", "3", &fd);
    const char *text = collect(pid, fd);
    assert_non_null(strstr(text, "0 1 {\"version\":\"1.0.0\",\"slot\":\"a\",\"agentVersion\":\"0.1.0\",\"samples\":[{\"at\":"));
    assert_non_null(strstr(text, "\"temperature\":21.5"));
    assert_int_equal(host.telemetry, over_https);
}

static ef_status obey(void *ctx, const char *params, ef_json_writer *result)
{
    (void)ctx;
    obeyed++;
    ef_json_put_string(result, "got", params);
    return EF_OK;
}

static const char *signed_command(const char *request_id, const char *nonce)
{
    static char text[1024];
    char lines[512], sig[48];
    uint8_t secret[32], mac[32];
    size_t len = 0;
    long long now = (long long)host.utc_ms;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    assert_int_equal(ef_base64url_decode(COMMAND_SECRET, strlen(COMMAND_SECRET), secret, sizeof secret, &len), EF_OK);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    assert_int_equal(psa_import_key(&attributes, secret, sizeof secret, &key), PSA_SUCCESS);
    int n = snprintf(lines, sizeof lines, "dev-1\nrelay.set\n{\"on\":true}\n%s\n%lld\n%lld\n%s", request_id, now, now + 60000, nonce);
    assert_int_equal(psa_mac_compute(key, PSA_ALG_HMAC(PSA_ALG_SHA_256), (const uint8_t *)lines, (size_t)n, mac, sizeof mac, &len), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_int_equal(ef_base64url_encode(mac, sizeof mac, sig, sizeof sig), EF_OK);
    (void)snprintf(text, sizeof text,
                   "{\"deviceId\":\"dev-1\",\"action\":\"relay.set\",\"params\":\"{\\\"on\\\":true}\",\"requestId\":\"%s\",\"issuedAt\":%lld,"
                   "\"expiresAt\":%lld,\"nonce\":\"%s\",\"sig\":\"%s\"}",
                   request_id, now, now + 60000, nonce, sig);
    return text;
}

static void a_command_is_obeyed_and_answered(void **state)
{
    (void)state;
    obeyed = 0;
    assert_int_equal(ef_agent_action(&d.agent, "relay.set", obey, NULL), EF_OK);
    int fd;
    pid_t pid = subscribe("espforge/dev-1/report", "1", &fd);
    run_ms(500); /* the subscription is there */
    publish("espforge/dev-1/cmd", signed_command("r-7", "nonce-0123456789"));
    const char *text = collect(pid, fd);
    assert_non_null(strstr(text, "{\"requestId\":\"r-7\",\"state\":\"done\",\"result\":{\"got\":\"{\\\"on\\\":true}\"}}"));
    assert_int_equal(obeyed, 1);
}

static void a_killed_device_leaves_its_will(void **state)
{
    (void)state;
    run_ms(300);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        /* The device lives on in the child alone: its sockets are closed here only by the parent's close below. */
        for (;;)
            turn();
    }
    bool wants_write;
    int fd = ef_mqtt_socket(mqtt, &wants_write);
    assert_true(fd >= 0);
    int null_fd = open("/dev/null", O_RDWR);
    assert_true(dup2(null_fd, fd) == fd);
    (void)close(null_fd);
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    char text[64] = "";
    for (int i = 0; i < 100 && strstr(text, "OFFLINE") == NULL; i++) {
        char port_text[8];
        (void)snprintf(port_text, sizeof port_text, "%d", port);
        int out;
        pid_t pid = subscribe("espforge/dev-1/lwt", "1", &out);
        ssize_t n = read(out, text, sizeof text - 1);
        text[n > 0 ? n : 0] = 0;
        (void)close(out);
        /* Not SIGTERM: mosquitto_sub disconnects in its handler, and stands still if it was interrupted with a lock in its hand. */
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
    }
    assert_non_null(strstr(text, "1 1 OFFLINE"));
}

static void after_a_restart_of_the_broker_it_connects_again(void **state)
{
    (void)state;
    stop_broker();
    run_until(is_down);
    run_ms(500);
    start_broker();
    run_until(is_up);
    run_ms(300);
    assert_non_null(strstr(receive("espforge/dev-1/lwt"), "1 1 ONLINE"));
}

static bool https_carries(void)
{
    return host.telemetry >= 3;
}

static void without_a_broker_everything_goes_over_https(void **state)
{
    (void)state;
    stop_broker();
    run_until(is_down);
    d.agent.messages->flight_until_ms = 0; /* not a minute of patience with what was on its way */
    run_until(https_carries);
    assert_false(is_up());
}

static void a_refused_password_is_answered_by_a_new_token(void **state)
{
    (void)state;
    run_until(is_up);
    assert_int_equal(host.tokens, 2);
}

static bool has_given_up(void)
{
    return d.agent.messages->not_before_ms[0] > 0;
}

static void a_password_that_stays_wrong_is_not_tried_again_and_again(void **state)
{
    (void)state;
    run_until(has_given_up);
    assert_in_range(d.agent.messages->not_before_ms[0] - d.now_ms, 3590000, 3600000);
    run_ms(1500);
    assert_in_range(host.tokens, 2, 3);
    run_until(https_carries);
}

static void a_device_cannot_reach_beyond_its_root(void **state)
{
    (void)state;
    int fd;
    pid_t pid = subscribe("espforge/dev-1/telemetry", "1", &fd);
    publish("espforge/dev-2/cmd", signed_command("r-8", "nonce-9876543210"));
    obeyed = 0;
    (void)collect(pid, fd);
    assert_int_equal(obeyed, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(status_and_presence_are_retained),
        T(telemetry_arrives_with_qos_1),
        T(a_command_is_obeyed_and_answered),
        T(a_killed_device_leaves_its_will),
        T(after_a_restart_of_the_broker_it_connects_again),
        T(without_a_broker_everything_goes_over_https),
        cmocka_unit_test_setup_teardown(a_refused_password_is_answered_by_a_new_token, set_up_second_token, tear_down),
        cmocka_unit_test_setup_teardown(a_password_that_stays_wrong_is_not_tried_again_and_again, set_up_no_token, tear_down),
        T(a_device_cannot_reach_beyond_its_root),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("mqtt", tests, NULL, NULL);
}
