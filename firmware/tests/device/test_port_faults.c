/* A port that fails: whole lives of the real agent, and in each of them one call of one port function goes wrong, or every call of it for half a
 * minute. Flash that does not take a write, records that cannot be read, a boot record that is not switched, links that break: the device says how
 * its update ended, goes back behind nothing it has stored (device.c looks at every start), and takes the next update. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ef_parts.h"
#include "suites.h"

#define FIRST "1.1.0"
#define NEXT "1.2.0"
#define LAST "1.3.0"
#define FAULT_MS 30000

typedef enum call { CALL_KV_GET, CALL_KV_SET, CALL_SLOT_WRITE, CALL_SLOT_READ, CALL_ACT, CALL_OPEN, CALL_READ, CALL_SEND, CALL_COUNT } call;

static const char *const call_names[CALL_COUNT] = {"kv_get", "kv_set", "slot_write", "slot_read", "act", "open", "read", "send"};

static fake_host host;
static fake_link net;
static device d;
static ef_port real;
static uint32_t calls[CALL_COUNT];
static call failing;
static uint32_t failing_at;   /* which call of it, from 1; 0: none */
static int64_t failing_ms;    /* how long; 0: that one call */
static int64_t failing_until; /* once it has begun */

static bool fails(call which)
{
    if (!d.on) /* what a start does with flash it cannot read is test_answers.c */
        return false;
    calls[which]++;
    if (which != failing || failing_at == 0)
        return false;
    if (calls[which] == failing_at)
        failing_until = d.now_ms + failing_ms;
    return calls[which] == failing_at || (calls[which] > failing_at && d.now_ms < failing_until);
}

static ef_status kv_get(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    return fails(CALL_KV_GET) ? EF_FLASH_FAILED : real.kv_get(ctx, key, out, cap, len);
}

static ef_status kv_set(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    return fails(CALL_KV_SET) ? EF_FLASH_FAILED : real.kv_set(ctx, key, data, len);
}

static ef_status slot_write(void *ctx, uint32_t offset, const uint8_t *data, size_t len)
{
    return fails(CALL_SLOT_WRITE) ? EF_FLASH_FAILED : real.slot_write(ctx, offset, data, len);
}

static ef_status slot_read(void *ctx, uint32_t offset, uint8_t *out, size_t len)
{
    return fails(CALL_SLOT_READ) ? EF_FLASH_FAILED : real.slot_read(ctx, offset, out, len);
}

static ef_status act(void *ctx, ef_action action, const ef_action_detail *detail)
{
    return fails(CALL_ACT) ? EF_FLASH_FAILED : real.act(ctx, action, detail);
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    return fails(CALL_OPEN) ? EF_NETWORK : real.open(ctx, channel, request);
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    return fails(CALL_READ) ? EF_NETWORK : real.read(ctx, channel, response, out, cap, len);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    ef_status status = fails(CALL_SEND) ? EF_NETWORK : real.send(ctx, channel, message);
    if (status == EF_OK && strcmp(message->topic, "report") == 0)
        fake_host_take_report(&host, (const char *)message->body, message->body_len);
    return status;
}

static void configure(device *x, ef_agent_config *config)
{
    real = x->port;
    x->port.kv_get = kv_get;
    x->port.kv_set = kv_set;
    x->port.slot_write = slot_write;
    x->port.slot_read = slot_read;
    x->port.act = act;
    x->port.open = open_channel;
    x->port.read = read_channel;
    x->port.send = send_message;
    config->telemetry_ms = 5000;
    config->telemetry_batch = 4;
    config->links[0] = EF_LINK_MQTT;
    config->mqtt_url = "mqtt://broker";
}

static void offer(const char *version)
{
    host.image_len = make_image(host.image, version, "esp32c3", 9000);
    fake_host_offer_version(&host, version);
}

static bool ends_well(const char *version)
{
    device_run_until(&d, offer_has_ended);
    return strcmp(fake_host_terminal(&host, host.offer_id), "confirmed") == 0 && strcmp(d.image.version, version) == 0;
}

static void begin(void)
{
    memset(calls, 0, sizeof calls);
    failing_until = 0;
    fake_host_init(&host);
    fake_link_init(&net);
    device_create(&d, &host);
    d.link = &net;
    d.configure = configure;
    d.most_wait_ms = 1000;
    d.verbose = getenv("V") != NULL;
}

/* Claim, keys, an update that is kept, a while without the host, an image that does not work. */
static void live(void)
{
    const ef_trusted_key keys[] = {host.signer.key};
    host.pending_polls = 1;
    fake_host_publish_keys(&host, &host.signer, 3, keys, 1);
    offer(FIRST);
    device_run_until(&d, offer_has_ended);
    host.down = true;
    fake_link_cut(&net);
    net.mqtt_down = true;
    (void)device_run(&d, 60000, NULL);
    host.down = net.mqtt_down = false;
    d.crashing_version = NEXT;
    offer(NEXT);
    device_run_until(&d, offer_has_ended);
}

/* However it ended, it was told why, and no half-written image runs. */
static void judge(void)
{
    const char *ended = fake_host_terminal(&host, host.offer_id);
    const seen_report *last = fake_host_report(&host, ended);
    if (strcmp(ended, "rolledBack") != 0 && strcmp(ended, "failed") != 0)
        fail_msg("%s call %u: the image that crashes ended %s", call_names[failing], failing_at, ended);
    assert_non_null(last);
    assert_true(last->error[0] != 0);
    assert_true(strcmp(d.image.version, FIRST) == 0 || strcmp(d.image.version, FACTORY_VERSION) == 0);
}

static void play(call which, uint32_t at, int64_t ms)
{
    if (getenv("V") != NULL)
        (void)fprintf(stderr, "--- %s call %u for %u ms\n", call_names[which], at, (unsigned)ms);
    failing = which;
    failing_at = at;
    failing_ms = ms;
    begin();
    live();
    judge();
    failing_at = 0;
    d.crashing_version = NULL;
    offer(LAST);
    if (!ends_well(LAST))
        fail_msg("%s call %u for %u ms: the next update ended %s", call_names[which], at, (unsigned)ms, fake_host_terminal(&host, host.offer_id));
    device_destroy(&d);
}

static void a_life_without_faults_goes_well(void **state)
{
    (void)state;
    failing_at = 0;
    begin();
    live();
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "rolledBack");
    assert_string_equal(d.image.version, FIRST);
    for (int i = 0; i < CALL_COUNT; i++)
        assert_true(calls[i] > 0);
    device_destroy(&d);
}

static uint32_t count_of(call which)
{
    failing_at = 0;
    begin();
    live();
    uint32_t count = calls[which];
    device_destroy(&d);
    return count;
}

/* Every call once; of reads of the network, which are hundreds, a sample. */
static void fail_each(call which, int64_t ms)
{
    const uint32_t count = count_of(which), step = count > 120 ? count / 120 : 1;
    for (uint32_t at = 1; at <= count; at += step)
        play(which, at, ms);
}

static void a_record_that_cannot_be_read_once(void **state) { (void)state; fail_each(CALL_KV_GET, 0); }
static void a_record_that_cannot_be_written_once(void **state) { (void)state; fail_each(CALL_KV_SET, 0); }
static void records_that_cannot_be_written_for_a_while(void **state) { (void)state; fail_each(CALL_KV_SET, FAULT_MS); }
static void a_sector_that_cannot_be_written_once(void **state) { (void)state; fail_each(CALL_SLOT_WRITE, 0); }
static void a_sector_that_cannot_be_read_once(void **state) { (void)state; fail_each(CALL_SLOT_READ, 0); }
static void an_action_that_fails_once(void **state) { (void)state; fail_each(CALL_ACT, 0); }
static void actions_that_fail_for_a_while(void **state) { (void)state; fail_each(CALL_ACT, FAULT_MS); }
static void a_channel_that_does_not_open_once(void **state) { (void)state; fail_each(CALL_OPEN, 0); }
static void channels_that_do_not_open_for_a_while(void **state) { (void)state; fail_each(CALL_OPEN, FAULT_MS); }
static void a_channel_that_breaks_once(void **state) { (void)state; fail_each(CALL_READ, 0); }
static void a_message_that_is_not_taken_once(void **state) { (void)state; fail_each(CALL_SEND, 0); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_without_faults_goes_well),
        cmocka_unit_test(a_record_that_cannot_be_read_once),
        cmocka_unit_test(a_record_that_cannot_be_written_once),
        cmocka_unit_test(records_that_cannot_be_written_for_a_while),
        cmocka_unit_test(a_sector_that_cannot_be_written_once),
        cmocka_unit_test(a_sector_that_cannot_be_read_once),
        cmocka_unit_test(an_action_that_fails_once),
        cmocka_unit_test(actions_that_fail_for_a_while),
        cmocka_unit_test(a_channel_that_does_not_open_once),
        cmocka_unit_test(channels_that_do_not_open_for_a_while),
        cmocka_unit_test(a_channel_that_breaks_once),
        cmocka_unit_test(a_message_that_is_not_taken_once),
    };
    return cmocka_run_group_tests_name("port faults", tests, NULL, NULL);
}
