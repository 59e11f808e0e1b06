/* The message link against a link in memory: what goes over it, when HTTPS takes its place, and what a cut costs. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "ef_parts.h"
#include "suites.h"

static fake_host host;
static fake_link net;
static device d;
static bool only_claim_urls, websocket_first;

static void configure(device *x, ef_agent_config *config)
{
    (void)x;
    config->links[0] = websocket_first ? EF_LINK_WEBSOCKET : EF_LINK_MQTT;
    config->links[1] = websocket_first ? EF_LINK_MQTT : EF_LINK_WEBSOCKET;
    if (!only_claim_urls) {
        config->mqtt_url = "mqtt://broker";
        config->web_socket_url = "ws://host/device/v1/ws";
    }
    config->telemetry_ms = 5000;
}

static bool link_is_up(const device *x)
{
    return x->agent.messages->up && is_idle(x);
}

static int create(void **state)
{
    (void)state;
    only_claim_urls = websocket_first = false;
    fake_host_init(&host);
    fake_link_init(&net);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
    device_create(&d, &host);
    d.link = &net;
    d.configure = configure;
    return 0;
}

static int set_up(void **state)
{
    (void)create(state);
    device_run_until(&d, link_is_up);
    (void)device_run(&d, 1000, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static void after_connecting_it_says_that_it_is_online_and_how_it_is(void **state)
{
    (void)state;
    assert_string_equal(net.sent[0].topic, "lwt");
    assert_string_equal(net.sent[0].body, "ONLINE");
    assert_true(net.sent[0].retain && net.sent[0].qos == 1);
    assert_string_equal(net.sent[1].topic, "status");
    assert_true(net.sent[1].retain && net.sent[1].qos == 1);
    assert_non_null(strstr(net.sent[1].body, "{\"version\":\"1.0.0\",\"slot\":\"a\",\"agentVersion\":\"0.1.0\",\"state\":\"idle\",\"uptimeMs\":"));
    assert_non_null(strstr(net.sent[1].body, "\"reset\":\"unknown\",\"freeHeapBytes\":"));
    uint32_t before = fake_link_count(&net, "status", "");
    (void)device_run(&d, 301000, NULL);
    assert_in_range(fake_link_count(&net, "status", ""), before + 4, before + 6); /* the heartbeat */
}

static void an_update_is_told_over_the_link_step_by_step(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    fake_link_push(&net, "update", "{\"offerId\":\"whatever\"}");
    device_run_until(&d, is_idle);
    int64_t until = d.now_ms + 60000;
    while (d.now_ms < until && !(offer_has_ended(&d) || fake_link_find(&net, "report", "\"confirmed\"") != NULL))
        (void)device_run(&d, 100, NULL);
    static const char *const states[] = {"downloading", "verifying", "applying", "rebooting", "confirming", "confirmed"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", states[i]);
        /* After the restart HTTPS is there before the link is, and takes what waits. */
        if (fake_link_count(&net, "report", wanted) + (i >= 4 && fake_host_report(&host, states[i]) != NULL) < 1)
            fail_msg("no report %s", states[i]);
        if (i < 5 && fake_link_find(&net, "status", wanted) == NULL && strcmp(states[i], "verifying") != 0 && strcmp(states[i], "applying") != 0)
            fail_msg("no status %s", states[i]);
    }
    assert_true(host.report_count <= 2);
    assert_int_equal(fake_link_count(&net, "lwt", "OFFLINE"), 1); /* before the restart */
    assert_int_equal(fake_link_count(&net, "lwt", "ONLINE"), 2);
    (void)device_run(&d, 1000, NULL);
    assert_int_equal(d.agent.record.terminal_count, 0);
}

static void an_announcement_is_asked_about_at_once(void **state)
{
    (void)state;
    d.agent.config.poll_ms = 3600000;
    (void)device_run(&d, 3000, NULL); /* the poll that was due is over */
    uint32_t polls = host.polls;
    (void)device_run(&d, 60000, NULL);
    assert_int_equal(host.polls, polls);
    fake_link_push(&net, "update", "not even JSON");
    (void)device_run(&d, 300, NULL);
    assert_int_equal(host.polls, polls + 1);
}

static void telemetry_goes_over_the_link_and_over_https_when_there_is_none(void **state)
{
    (void)state;
    (void)device_run(&d, 30000, NULL);
    assert_int_equal(host.telemetry, 0);
    uint32_t sent = fake_link_count(&net, "telemetry", "\"samples\":[{\"at\":");
    assert_in_range(sent, 5, 7);
    net.mqtt_down = net.websocket_down = true;
    (void)device_run(&d, 30000, NULL);
    assert_in_range(host.telemetry, 5, 7);
    assert_int_equal(fake_link_count(&net, "telemetry", ""), sent);
    net.mqtt_down = net.websocket_down = false;
    device_run_until(&d, link_is_up);
    uint32_t over_https = host.telemetry;
    (void)device_run(&d, 20000, NULL);
    assert_int_equal(host.telemetry, over_https);
}

static void what_is_on_its_way_at_a_cut_is_not_sent_twice_when_the_link_returns(void **state)
{
    (void)state;
    net.holds_acks = true;
    (void)device_run(&d, 6000, NULL);
    assert_int_equal(d.agent.messages->flight, EF_FLIGHT_TELEMETRY);
    uint32_t sent = fake_link_count(&net, "telemetry", "");
    fake_link_cut(&net);
    (void)device_run(&d, 200, NULL);
    assert_int_equal(fake_link_count(&net, "telemetry", ""), sent);
    assert_int_equal(host.telemetry, 0);
    net.holds_acks = false; /* the port sends it again, and it is acknowledged now */
    device_run_until(&d, link_is_up);
    (void)device_run(&d, 1000, NULL);
    assert_int_equal(d.agent.messages->flight, EF_FLIGHT_NONE);
    assert_int_equal(d.agent.telemetry->count, 0);
    assert_int_equal(host.telemetry, 0);
}

static void what_is_on_its_way_at_a_cut_goes_over_https_when_the_link_stays_away(void **state)
{
    (void)state;
    net.holds_acks = true;
    (void)device_run(&d, 6000, NULL);
    net.mqtt_down = net.websocket_down = true;
    (void)device_run(&d, 50000, NULL);
    assert_int_equal(host.telemetry, 0);
    (void)device_run(&d, 15000, NULL);
    assert_true(host.telemetry > 0);
    assert_true(d.agent.telemetry->count <= 1 && d.agent.telemetry->spill_count == 0);
}

static void a_refused_token_is_replaced_once_and_then_the_link_rests_for_an_hour(void **state)
{
    (void)state;
    uint32_t tokens = host.tokens, opens = net.opens;
    net.refusals = 1;
    fake_link_cut(&net);
    (void)device_run(&d, 10000, NULL);
    assert_true(link_is_up(&d));
    assert_int_equal(host.tokens, tokens + 1);
    assert_int_equal(net.opens, opens + 2);
    assert_string_equal(net.bearer, host.token);

    net.has_websocket = false;
    net.refusals = -1;
    fake_link_cut(&net);
    (void)device_run(&d, 60000, NULL);
    assert_int_equal(host.tokens, tokens + 2);
    assert_int_equal(net.opens, opens + 4); /* mqtt, and mqtt with the new token; there is no websocket */
    (void)device_run(&d, 3400000, NULL);
    assert_int_equal(net.opens, opens + 4);
    net.refusals = 0;
    (void)device_run(&d, 300000, NULL);
    assert_true(link_is_up(&d));
}

static void the_second_link_is_taken_when_the_first_cannot_be_had(void **state)
{
    (void)state;
    net.mqtt_down = true;
    fake_link_cut(&net);
    device_run_until(&d, link_is_up);
    assert_int_equal(net.kind, EF_LINK_WEBSOCKET);
    assert_string_equal(net.url, "ws://host/device/v1/ws");
    uint32_t lwt = fake_link_count(&net, "lwt", "");
    (void)device_run(&d, 5000, NULL);
    assert_int_equal(fake_link_count(&net, "lwt", ""), lwt); /* the connection is the will */
}

static void the_configured_order_is_kept(void **state)
{
    (void)state;
    websocket_first = true;
    device_run_until(&d, link_is_up);
    assert_int_equal(net.kind, EF_LINK_WEBSOCKET);
    net.has_websocket = false;
    fake_link_cut(&net);
    device_run_until(&d, link_is_up);
    assert_int_equal(net.kind, EF_LINK_MQTT);
}

static void the_claims_addresses_are_kept_with_the_identity(void **state)
{
    (void)state;
    only_claim_urls = true;
    host.mqtt_url = "mqtts://broker.example:8883";
    device_run_until(&d, link_is_up);
    assert_string_equal(net.url, "mqtts://broker.example:8883");
    device_cut(&d);
    device_run_until(&d, link_is_up);
    assert_string_equal(net.url, "mqtts://broker.example:8883");
}

static void a_claim_without_addresses_means_https(void **state)
{
    (void)state;
    only_claim_urls = true;
    host.mqtt_url = "https://not-a-broker";
    device_run_until(&d, is_idle);
    (void)device_run(&d, 60000, NULL);
    assert_int_equal(net.opens, 0);
    assert_true(host.telemetry > 0);
}

static void a_broken_link_is_tried_again_more_and_more_slowly(void **state)
{
    (void)state;
    net.mqtt_down = net.websocket_down = true;
    (void)device_run(&d, 1000, NULL);
    uint32_t before = net.opens;
    (void)device_run(&d, 600000, NULL);
    assert_in_range(net.opens - before, 10, 120); /* two links each time, every 30 s on average in the end */
}

static void the_ring_log_is_sent_in_pieces(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "app: line number %d", i);
        ef_agent_log(&d.agent, EF_LOG_INFO, line);
    }
    ef_ring_range(&d.agent, &d.agent.messages->log.next, &d.agent.messages->log.last);
    (void)strcpy(d.agent.messages->log.request_id, "r-9");
    (void)device_run(&d, 3000, NULL);
    uint32_t pieces = fake_link_count(&net, "log", "\"requestId\":\"r-9\"");
    assert_true(pieces >= 5);
    assert_int_equal(fake_link_count(&net, "log", "\"more\":true"), pieces - 1);
    assert_int_equal(fake_link_count(&net, "log", "\"more\":false"), 1);
    assert_non_null(strstr(fake_link_find(&net, "log", "\"more\":false")->body, "line number 39\\u000a"));
    assert_non_null(fake_link_find(&net, "log", "<134>1 2026-05-2"));
    assert_non_null(fake_link_find(&net, "log", "Z - app - - - line number 20"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define FRESH(name) cmocka_unit_test_setup_teardown(name, create, tear_down)
    const struct CMUnitTest tests[] = {
        T(after_connecting_it_says_that_it_is_online_and_how_it_is),
        T(an_update_is_told_over_the_link_step_by_step),
        T(an_announcement_is_asked_about_at_once),
        T(telemetry_goes_over_the_link_and_over_https_when_there_is_none),
        T(what_is_on_its_way_at_a_cut_is_not_sent_twice_when_the_link_returns),
        T(what_is_on_its_way_at_a_cut_goes_over_https_when_the_link_stays_away),
        T(a_refused_token_is_replaced_once_and_then_the_link_rests_for_an_hour),
        T(the_second_link_is_taken_when_the_first_cannot_be_had),
        FRESH(the_configured_order_is_kept),
        FRESH(the_claims_addresses_are_kept_with_the_identity),
        FRESH(a_claim_without_addresses_means_https),
        T(a_broken_link_is_tried_again_more_and_more_slowly),
        T(the_ring_log_is_sent_in_pieces),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
