/* The WebSocket link against a server of libwebsockets in this process. The agent and its HTTP are those of tests/device, the link is the
 * port's. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "device.h"
#include "ef_monotonic.h"
#include "ef_websocket.h"
#include "espforge/ef_frame.h"
#include "suites.h"

#define LONGEST_MS 20000

typedef struct seen_frame {
    uint32_t connection, id;
    char topic[16];
    char body[1200];
} seen_frame;

static struct {
    struct lws_context *context;
    int port;
    bool acknowledges;
    uint32_t connections, refusals;
    char offered[1200];
    struct lws *wsi; /* the newest connection */
    uint32_t acks[64], ack_count;   /* to send */
    uint32_t acked[64], acked_count; /* the device has sent */
    char push[16][700];
    uint32_t push_count;
    unsigned close_code;
    bool cut;
    seen_frame frames[256];
    uint32_t frame_count;
    char text[EF_FRAME_BYTES];
    size_t fill;
} server;

static fake_host host;
static device d;
static ef_websocket *socket_link;
static char url[64];
static int64_t real_ms;

static int on_frame(struct lws *wsi)
{
    ef_frame frame;
    if (ef_frame_read(server.text, server.fill, &frame) != EF_OK)
        fail_msg("the device sent %.*s", (int)server.fill, server.text);
    if (frame.kind == EF_FRAME_ACK) {
        server.acked[server.acked_count++ % 64] = frame.id;
        return 0;
    }
    assert_true(server.frame_count < 256);
    seen_frame *f = &server.frames[server.frame_count++];
    f->connection = server.connections;
    f->id = frame.id;
    (void)snprintf(f->topic, sizeof f->topic, "%s", frame.topic);
    (void)snprintf(f->body, sizeof f->body, "%.*s", (int)frame.body.len, frame.body.text);
    if (server.acknowledges && frame.id != 0)
        server.acks[server.ack_count++ % 64] = frame.id;
    lws_callback_on_writable(wsi);
    return 0;
}

static int write_text(struct lws *wsi, const char *text)
{
    static unsigned char out[LWS_PRE + 1024];
    size_t len = strlen(text);
    assert_true(len <= 1024);
    memcpy(out + LWS_PRE, text, len);
    return lws_write(wsi, out + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len ? -1 : 0;
}

static int on_server_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    char text[64];
    (void)user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        (void)lws_hdr_copy(wsi, server.offered, sizeof server.offered, WSI_TOKEN_PROTOCOL);
        return 0;
    case LWS_CALLBACK_ESTABLISHED:
        server.connections++;
        server.wsi = wsi;
        server.ack_count = 0;
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        if (lws_is_first_fragment(wsi))
            server.fill = 0;
        assert_true(len <= sizeof server.text - server.fill);
        memcpy(server.text + server.fill, in, len);
        server.fill += len;
        return lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0 ? on_frame(wsi) : 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        if (wsi != server.wsi)
            return 0;
        if (server.close_code != 0 || server.cut) {
            if (!server.cut)
                lws_close_reason(wsi, (enum lws_close_status)server.close_code, NULL, 0);
            server.close_code = 0;
            server.cut = false;
            server.wsi = NULL;
            return -1;
        }
        if (server.ack_count > 0) {
            (void)snprintf(text, sizeof text, "{\"ack\":%u}", server.acks[0]);
            memmove(&server.acks[0], &server.acks[1], --server.ack_count * sizeof server.acks[0]);
            lws_callback_on_writable(wsi);
            return write_text(wsi, text);
        }
        if (server.push_count > 0) {
            int status = write_text(wsi, server.push[0]);
            memmove(&server.push[0], &server.push[1], --server.push_count * sizeof server.push[0]);
            lws_callback_on_writable(wsi);
            return status;
        }
        return 0;
    case LWS_CALLBACK_CLOSED:
        if (wsi == server.wsi)
            server.wsi = NULL;
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols good_protocols[] = {
    {"http", lws_callback_http_dummy, 0, 0, 0, NULL, 0}, {"espforge.v1", on_server_event, 0, EF_FRAME_BYTES, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};
/* A server that gives the token back as its choice. */
static const struct lws_protocols bad_protocols[] = {
    {"http", lws_callback_http_dummy, 0, 0, 0, NULL, 0}, {"bearer.jwt.1", on_server_event, 0, EF_FRAME_BYTES, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};

static void start_server(const struct lws_protocols *protocols)
{
    struct lws_context_creation_info info;
    memset(&server, 0, sizeof server);
    memset(&info, 0, sizeof info);
    server.acknowledges = true;
    info.port = 0;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.gid = info.uid = -1;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    server.context = lws_create_context(&info);
    assert_non_null(server.context);
    struct lws_vhost *vhost = lws_create_vhost(server.context, &info);
    assert_non_null(vhost);
    server.port = lws_get_vhost_listen_port(vhost);
    assert_true(server.port > 0);
    (void)snprintf(url, sizeof url, "ws://127.0.0.1:%d/device/v1/ws", server.port);
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    (void)ctx;
    if (channel != EF_CHANNEL_MESSAGES)
        return fake_host_begin(&host, channel, request);
    return request->link == EF_LINK_WEBSOCKET ? ef_websocket_begin(socket_link, request) : EF_NOT_FOUND;
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    (void)ctx;
    return channel == EF_CHANNEL_MESSAGES ? ef_websocket_read(socket_link, response, out, cap, len)
                                          : fake_host_read(&host, channel, response, out, cap, len);
}

static void close_channel(void *ctx, ef_channel channel)
{
    (void)ctx;
    if (channel == EF_CHANNEL_MESSAGES)
        ef_websocket_end(socket_link);
    else
        fake_host_end(&host, channel);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    (void)ctx, (void)channel;
    return ef_websocket_send(socket_link, message);
}

static void configure(device *x, ef_agent_config *config)
{
    x->port.open = open_channel;
    x->port.read = read_channel;
    x->port.close = close_channel;
    x->port.send = send_message;
    config->links[0] = EF_LINK_MQTT;
    config->links[1] = EF_LINK_WEBSOCKET;
    config->mqtt_url = "mqtt://127.0.0.1:1";
    config->web_socket_url = url;
    config->telemetry_ms = 300;
}

static void turn(void)
{
    (void)lws_service(server.context, -1);
    if (server.wsi != NULL && (server.push_count > 0 || server.close_code != 0 || server.cut || server.ack_count > 0))
        lws_callback_on_writable(server.wsi);
    ef_websocket_pump(socket_link);
    int64_t now = ef_monotonic_ms();
    d.now_ms += now - real_ms;
    host.utc_ms += now - real_ms;
    real_ms = now;
    (void)ef_agent_step(&d.agent, d.now_ms);
    (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static bool is_up(void) { return d.agent.messages->up && server.wsi != NULL; }
static bool is_down(void) { return !d.agent.messages->up; }

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

static int set_up_with(const struct lws_protocols *protocols)
{
    lws_set_log_level(0, NULL);
    start_server(protocols);
    fake_host_init(&host);
    socket_link = ef_websocket_open(NULL, false);
    assert_non_null(socket_link);
    device_create(&d, &host);
    d.configure = configure;
    real_ms = ef_monotonic_ms();
    device_boot(&d);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    (void)set_up_with(good_protocols);
    run_until(is_up);
    return 0;
}

static int set_up_bad(void **state)
{
    (void)state;
    return set_up_with(bad_protocols);
}

static int tear_down(void **state)
{
    (void)state;
    ef_websocket_close(socket_link);
    socket_link = NULL;
    d.on = false;
    device_destroy(&d);
    lws_context_destroy(server.context);
    return 0;
}

static const seen_frame *last_frame(const char *topic)
{
    for (uint32_t i = server.frame_count; i-- > 0;)
        if (strcmp(server.frames[i].topic, topic) == 0)
            return &server.frames[i];
    return NULL;
}

static void the_token_travels_in_the_subprotocol_and_frames_count_up(void **state)
{
    (void)state;
    run_ms(1500);
    assert_string_equal(server.offered, "espforge.v1, bearer.jwt.1");
    assert_true(server.frame_count >= 3);
    assert_string_equal(server.frames[0].topic, "status"); /* and no lwt: the connection is the will */
    for (uint32_t i = 0; i < server.frame_count; i++)
        assert_int_equal(server.frames[i].id, i + 1);
    assert_non_null(last_frame("telemetry"));
    assert_non_null(strstr(last_frame("telemetry")->body, "{\"version\":\"1.0.0\",\"slot\":\"a\""));
}

static bool is_acknowledged(void) { return server.acked_count > 0; }

static void what_the_host_sends_is_acknowledged_and_acted_on(void **state)
{
    (void)state;
    d.agent.poll_next_ms = d.now_ms + 3600000;
    uint32_t polls = host.polls;
    (void)strcpy(server.push[server.push_count++], "{\"topic\":\"update\",\"id\":41,\"body\":{\"offerId\":\"x\"}}");
    run_until(is_acknowledged);
    assert_int_equal(server.acked[0], 41);
    run_ms(200);
    assert_int_equal(host.polls, polls + 1);
}

static bool has_telemetry(void) { return last_frame("telemetry") != NULL; }

static void what_was_not_acknowledged_is_sent_again_after_a_cut(void **state)
{
    (void)state;
    server.acknowledges = false;
    run_until(has_telemetry);
    run_ms(500);
    seen_frame before = *last_frame("telemetry");
    uint32_t first = server.connections;
    server.cut = true;
    run_until(is_down);
    server.acknowledges = true;
    server.frame_count = 0;
    run_until(is_up);
    run_ms(1000);
    assert_int_equal(server.connections, first + 1);
    assert_int_equal(server.frames[0].id, 1);
    uint32_t again = 0;
    for (uint32_t i = 0; i < server.frame_count; i++)
        again += strcmp(server.frames[i].body, before.body) == 0;
    assert_int_equal(again, 1);
}

static bool has_new_token(void) { return host.tokens == 2 && is_up(); }

static void after_1008_there_is_a_new_token(void **state)
{
    (void)state;
    server.close_code = 1008;
    run_until(has_new_token);
    assert_string_equal(server.offered, "espforge.v1, bearer.jwt.2");
}

static void after_1012_it_comes_back_after_a_while(void **state)
{
    (void)state;
    server.close_code = 1012;
    run_until(is_down);
    assert_in_range(d.agent.messages->next_ms - d.now_ms, 900, 32000);
    assert_int_equal(host.tokens, 1);
}

static void after_1009_the_message_is_given_up(void **state)
{
    (void)state;
    server.acknowledges = false;
    run_until(has_telemetry);
    run_ms(300);
    server.close_code = 1009;
    run_until(is_down);
    server.frame_count = 0;
    run_until(is_up);
    run_ms(500);
    assert_true(server.frame_count >= 1);
    assert_int_equal(host.tokens, 1);
}

static void a_frame_that_makes_no_sense_ends_the_connection(void **state)
{
    static const char *const nonsense[] = {"{\"topic\":1,\"body\":{}}", "[]", "{\"ack\":-1}", "{\"topic\":\"cmd\",\"id\":0,\"body\":{}}", "{"};
    (void)state;
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        (void)strcpy(server.push[server.push_count++], nonsense[i]);
        run_until(is_down);
        d.agent.messages->next_ms = 0;
        run_until(is_up);
    }
}

static void a_server_that_selects_anything_else_is_left(void **state)
{
    (void)state;
    run_ms(1500);
    assert_false(d.agent.messages->up);
    assert_int_equal(server.frame_count, 0);
    assert_true(host.telemetry > 0); /* HTTPS carries */
}

static void pins_that_cannot_be_checked_close_the_way(void **state)
{
    (void)state;
    ef_websocket *pinned = ef_websocket_open(NULL, true);
    const ef_request secure = {.link = EF_LINK_WEBSOCKET, .url = "wss://127.0.0.1:1/", .bearer = "t"};
    assert_int_equal(ef_websocket_begin(pinned, &secure), EF_NOT_FOUND);
    ef_websocket_close(pinned);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_token_travels_in_the_subprotocol_and_frames_count_up),
        T(what_the_host_sends_is_acknowledged_and_acted_on),
        T(what_was_not_acknowledged_is_sent_again_after_a_cut),
        T(after_1008_there_is_a_new_token),
        T(after_1012_it_comes_back_after_a_while),
        T(after_1009_the_message_is_given_up),
        T(a_frame_that_makes_no_sense_ends_the_connection),
        cmocka_unit_test_setup_teardown(a_server_that_selects_anything_else_is_left, set_up_bad, tear_down),
        cmocka_unit_test(pins_that_cannot_be_checked_close_the_way),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("websocket", tests, NULL, NULL);
}
