/* The pure parts of the message link and of the log: quality, frames, outbox, lines, chunks; and the faults and addresses of the port to Linux. */
#include <stdio.h>
#include <string.h>

#include "ef_faults.h"
#include "ef_link_url.h"
#include "ef_parts.h"
#include "espforge/ef_frame.h"
#include "suites.h"

static void the_score_follows_what_happened_lately(void **state)
{
    (void)state;
    ef_quality q = {.score = 100};
    for (int i = 0; i < 3; i++)
        ef_quality_failed(&q);
    assert_in_range(q.score, 40, 45);
    for (int i = 0; i < 40; i++)
        ef_quality_failed(&q);
    assert_int_equal(q.score, 0);
    for (int i = 0; i < 40; i++)
        ef_quality_succeeded(&q, 20);
    assert_int_equal(q.score, 100);
    for (int i = 0; i < 40; i++)
        ef_quality_succeeded(&q, 9000); /* it answers, but slowly */
    assert_int_equal(q.score, 30);
    for (int i = 0; i < 40; i++)
        ef_quality_succeeded(&q, 2625);
    assert_int_equal(q.score, 65);
}

static void a_low_score_makes_the_base_longer_and_a_good_one_does_not(void **state)
{
    (void)state;
    assert_int_equal(ef_quality_base_ms(100, 1000), 1000);
    assert_int_equal(ef_quality_base_ms(80, 1000), 1000);
    assert_int_equal(ef_quality_base_ms(60, 1000), 2000);
    assert_int_equal(ef_quality_base_ms(0, 1000), 5000);
    assert_int_equal(ef_quality_base_ms(0, UINT32_MAX), UINT32_MAX);
    for (uint8_t score = 1; score <= 100; score++)
        assert_true(ef_quality_base_ms(score, 1000) <= ef_quality_base_ms((uint8_t)(score - 1), 1000));
}

static ef_status read_frame(const char *text, ef_frame *frame)
{
    return ef_frame_read(text, strlen(text), frame);
}

static void frames_are_read_and_nonsense_is_not(void **state)
{
    (void)state;
    ef_frame f;
    assert_int_equal(read_frame("{\"topic\":\"cmd\",\"id\":7,\"body\":{\"a\":1}}", &f), EF_OK);
    assert_int_equal(f.kind, EF_FRAME_MESSAGE);
    assert_int_equal(f.id, 7);
    assert_string_equal(f.topic, "cmd");
    assert_int_equal(f.body.len, 7);
    assert_memory_equal(f.body.text, "{\"a\":1}", 7);
    assert_int_equal(read_frame("{\"body\":{},\"topic\":\"update\"}", &f), EF_OK);
    assert_int_equal(f.id, 0);
    assert_int_equal(read_frame("{\"ack\":2147483647}", &f), EF_OK);
    assert_int_equal(f.kind, EF_FRAME_ACK);
    assert_int_equal(f.id, 2147483647);
    static const char *const nonsense[] = {
        "", "[]", "{}", "{\"ack\":0}", "{\"ack\":2147483648}", "{\"ack\":\"1\"}", "{\"topic\":\"cmd\",\"body\":[]}", "{\"topic\":\"cmd\"}",
        "{\"topic\":\"cmd\",\"id\":-1,\"body\":{}}", "{\"topic\":\"cmd\",\"id\":1.5,\"body\":{}}", "{\"topic\":\"a topic too long\",\"body\":{}}",
        "{\"topic\":\"cmd\",\"topic\":\"update\",\"body\":{}}", "{\"topic\":\"cmd\",\"body\":{}} x",
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
        assert_int_equal(read_frame(nonsense[i], &f), EF_MALFORMED);
}

static void the_outbox_keeps_order_sends_again_and_forgets_what_is_acknowledged(void **state)
{
    (void)state;
    uint8_t memory[200];
    char out[256];
    size_t len;
    ef_outbox box;
    ef_message m = {.topic = "report", .body = "{\"n\":1}", .body_len = 7, .qos = 1};
    ef_outbox_init(&box, memory, sizeof memory);
    assert_int_equal(ef_outbox_next(&box, 0, out, sizeof out, &len), EF_NOT_FOUND);
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
    m.body = "{\"n\":2}";
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
    m.qos = 0, m.body = "{\"n\":3}";
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
    assert_int_equal(ef_outbox_count(&box), 2);
    assert_int_equal(ef_outbox_next(&box, 1000, out, sizeof out, &len), EF_OK);
    assert_string_equal(out, "{\"topic\":\"report\",\"id\":1,\"body\":{\"n\":1}}");
    assert_int_equal(ef_outbox_next(&box, 2000, out, sizeof out, &len), EF_OK);
    assert_string_equal(out, "{\"topic\":\"report\",\"id\":2,\"body\":{\"n\":2}}");
    assert_int_equal(ef_outbox_next(&box, 2000, out, sizeof out, &len), EF_OK);
    assert_string_equal(out, "{\"topic\":\"report\",\"body\":{\"n\":3}}");
    assert_int_equal(ef_outbox_next(&box, 2000, out, sizeof out, &len), EF_NOT_FOUND);
    assert_false(ef_outbox_overdue(&box, 30999));
    assert_true(ef_outbox_overdue(&box, 31000));
    assert_true(ef_outbox_acknowledge(&box, 1));
    assert_false(ef_outbox_acknowledge(&box, 1));
    assert_false(ef_outbox_acknowledge(&box, 0));
    assert_false(ef_outbox_overdue(&box, 31000));
    ef_outbox_restart(&box);
    assert_int_equal(ef_outbox_next(&box, 40000, out, sizeof out, &len), EF_OK);
    assert_string_equal(out, "{\"topic\":\"report\",\"id\":1,\"body\":{\"n\":2}}");
    assert_true(ef_outbox_acknowledge(&box, 1));
    assert_int_equal(ef_outbox_count(&box), 0);
    assert_int_equal(box.used, 0);
}

static void a_full_outbox_says_so_and_a_message_too_large_never_enters(void **state)
{
    (void)state;
    static uint8_t memory[20000];
    static char body[9000];
    ef_outbox box;
    ef_message m = {.topic = "telemetry", .body = body, .body_len = 8000, .qos = 1};
    memset(body, ' ', sizeof body);
    ef_outbox_init(&box, memory, sizeof memory);
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
    assert_int_equal(ef_outbox_put(&box, &m), EF_AGAIN);
    m.body_len = 8190;
    assert_int_equal(ef_outbox_put(&box, &m), EF_TOO_LARGE);
    ef_outbox_drop_first(&box);
    m.body_len = 8000;
    assert_int_equal(ef_outbox_put(&box, &m), EF_OK);
}

static void lines_are_those_of_rfc_5424(void **state)
{
    (void)state;
    char line[EF_RING_LINE_BYTES];
    size_t len = ef_ring_line(line, sizeof line, EF_LOG_WARN, INT64_C(1709251199123), 5000, "agent: hello");
    assert_int_equal(len, strlen(line));
    assert_string_equal(line, "<132>1 2024-02-29T23:59:59.123Z - agent - - - hello\n");
    (void)ef_ring_line(line, sizeof line, EF_LOG_ERROR, 0, 123456, "app: a\nb");
    assert_string_equal(line, "<131>1 - - app - - [meta sysUpTime=\"12345\"] a b\n");
    (void)ef_ring_line(line, sizeof line, EF_LOG_EVENT, INT64_C(4102444799999), 0, "STATE idle");
    assert_string_equal(line, "<133>1 2099-12-31T23:59:59.999Z - agent - - - STATE idle\n");
    char text[600];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    len = ef_ring_line(line, sizeof line, EF_LOG_INFO, 0, 0, text);
    assert_int_equal(len, EF_RING_LINE_BYTES - 1);
    assert_int_equal(line[len - 1], '\n');
}

static void a_chunk_is_read_as_it_was_sealed_and_any_damage_is_seen(void **state)
{
    (void)state;
    ef_ring ring = {.number = 9, .position = 4000};
    ef_ring_chunk chunk;
    uint8_t bytes[EF_RING_CHUNK_BYTES];
    assert_true(ef_ring_append(&ring, "one\n", 4));
    assert_true(ef_ring_append(&ring, "two\n", 4));
    size_t len = ef_ring_seal(&ring);
    assert_int_equal(ef_ring_open(ring.chunk, len, &chunk), EF_OK);
    assert_int_equal(chunk.number, 9);
    assert_int_equal(chunk.position, 4000);
    assert_int_equal(chunk.len, 8);
    assert_memory_equal(chunk.text, "one\ntwo\n", 8);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        memcpy(bytes, ring.chunk, len);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(ef_ring_open(bytes, len, &chunk), EF_MALFORMED);
    }
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(ef_ring_open(ring.chunk, cut, &chunk), EF_MALFORMED);
    while (ef_ring_append(&ring, "a line of a log\n", 16))
        ;
    assert_true(ring.fill <= EF_RING_TEXT_BYTES && ring.fill > EF_RING_TEXT_BYTES - 16);
    uint16_t fill = ring.fill;
    ef_ring_next(&ring);
    assert_int_equal(ring.number, 10);
    assert_int_equal(ring.position, 4000u + fill);
    assert_int_equal(ring.fill, 0);
}

static void addresses_of_links_are_read_and_others_refused(void **state)
{
    (void)state;
    ef_link_url u;
    assert_true(ef_link_url_read("ws://host/device/v1/ws", "ws://", "wss://", 80, 443, &u));
    assert_true(!u.tls && u.port == 80);
    assert_string_equal(u.host, "host");
    assert_string_equal(u.path, "/device/v1/ws");
    assert_true(ef_link_url_read("mqtts://[::1]:8884", "mqtt://", "mqtts://", 1883, 8883, &u));
    assert_true(u.tls && u.port == 8884);
    assert_string_equal(u.host, "::1");
    static const char *const bad[] = {"http://host", "ws://", "ws://:80", "ws://host:0", "ws://host:70000", "ws://host:8x", "ws://user@host", "ws://host?x", "ws://[::1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ef_link_url_read(bad[i], "ws://", "wss://", 80, 443, &u));
}

static void faults_are_read_and_nonsense_is_refused(void **state)
{
    (void)state;
    ef_faults f;
    assert_true(ef_faults_parse(&f, "loss=20,delay=300,cut=4096,captive,seed=7"));
    assert_int_equal(f.loss_percent, 20);
    assert_int_equal(f.delay_ms, 300);
    assert_int_equal(f.cut_bytes, 4096);
    assert_true(f.captive);
    assert_true(ef_faults_parse(&f, NULL));
    static const char *const bad[] = {"loss", "loss=101", "loss=x", "cut=0", "delay=1x", "rain", ",", "loss=1,,cut=2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ef_faults_parse(&f, bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_score_follows_what_happened_lately),
        cmocka_unit_test(a_low_score_makes_the_base_longer_and_a_good_one_does_not),
        cmocka_unit_test(frames_are_read_and_nonsense_is_not),
        cmocka_unit_test(the_outbox_keeps_order_sends_again_and_forgets_what_is_acknowledged),
        cmocka_unit_test(a_full_outbox_says_so_and_a_message_too_large_never_enters),
        cmocka_unit_test(lines_are_those_of_rfc_5424),
        cmocka_unit_test(a_chunk_is_read_as_it_was_sealed_and_any_damage_is_seen),
        cmocka_unit_test(addresses_of_links_are_read_and_others_refused),
        cmocka_unit_test(faults_are_read_and_nonsense_is_refused),
    };
    return cmocka_run_group_tests_name("parts of the link", tests, NULL, NULL);
}
