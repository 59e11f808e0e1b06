/* Commands against the real agent: what a device obeys, and the attacks it does not fall for. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "espforge/ef_command.h"
#include "suites.h"

static fake_host host;
static fake_link mqtt;
static device d;
static uint32_t next_nonce, identified, relays;
static char last_params[2100];

static void identify(void *ctx)
{
    (void)ctx;
    identified++;
}

static void configure(device *x, ef_agent_config *config)
{
    (void)x;
    config->links[0] = EF_LINK_MQTT;
    config->mqtt_url = "mqtt://broker";
    config->identify = identify;
}

static ef_status set_relay(void *ctx, const char *params, ef_json_writer *result)
{
    (void)ctx;
    relays++;
    (void)snprintf(last_params, sizeof last_params, "%s", params);
    if (strstr(params, "fail") != NULL)
        return EF_BAD_ARGUMENT;
    ef_json_put_bool(result, "on", true);
    if (strstr(params, "long") != NULL)
        for (int i = 0; i < 200; i++)
            ef_json_put_string(result, "text", "0123456789");
    return EF_OK;
}

static bool link_is_up(const device *x)
{
    return x->agent.messages->up && is_idle(x);
}

static void start(void)
{
    device_run_until(&d, link_is_up);
    assert_int_equal(ef_agent_action(&d.agent, "relay.set", set_relay, NULL), EF_OK);
}

static int set_up(void **state)
{
    (void)state;
    next_nonce = identified = relays = 0;
    fake_host_init(&host);
    fake_link_init(&mqtt);
    device_create(&d, &host);
    d.link = &mqtt;
    d.configure = configure;
    start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

typedef struct command {
    const char *device_id, *action, *params, *request_id;
    int64_t issued_ms, expires_ms;
    char nonce[40];
    bool is_forged;
} command;

static command a_command(const char *action)
{
    command c = {.device_id = "dev-1", .action = action, .request_id = "r-1", .issued_ms = host.utc_ms, .expires_ms = host.utc_ms + 60000};
    (void)snprintf(c.nonce, sizeof c.nonce, "nonce-%016u", ++next_nonce);
    return c;
}

/* As the host signs it. */
static const char *text_of(const command *c)
{
    static char text[8000];
    char lines[4000], sig[48];
    uint8_t secret[32], mac[32];
    size_t len = 0;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    assert_int_equal(ef_base64url_decode(COMMAND_SECRET, strlen(COMMAND_SECRET), secret, sizeof secret, &len), EF_OK);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    assert_int_equal(psa_import_key(&attributes, secret, sizeof secret, &key), PSA_SUCCESS);
    int n = snprintf(lines, sizeof lines, "%s\n%s\n%s\n%s\n%lld\n%lld\n%s", c->device_id, c->action, c->params == NULL ? "" : c->params,
                     c->request_id, (long long)c->issued_ms, (long long)c->expires_ms, c->nonce);
    assert_int_equal(psa_mac_compute(key, PSA_ALG_HMAC(PSA_ALG_SHA_256), (const uint8_t *)lines, (size_t)n, mac, sizeof mac, &len), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    mac[5] ^= c->is_forged;
    assert_int_equal(ef_base64url_encode(mac, sizeof mac, sig, sizeof sig), EF_OK);
    ef_json_writer w;
    ef_json_begin(&w, text, sizeof text);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "deviceId", c->device_id);
    ef_json_put_string(&w, "action", c->action);
    if (c->params != NULL)
        ef_json_put_string(&w, "params", c->params);
    ef_json_put_string(&w, "requestId", c->request_id);
    ef_json_put_int(&w, "issuedAt", c->issued_ms);
    ef_json_put_int(&w, "expiresAt", c->expires_ms);
    ef_json_put_string(&w, "nonce", c->nonce);
    ef_json_put_string(&w, "sig", sig);
    ef_json_object_end(&w);
    assert_int_equal(ef_json_end(&w, &len), EF_OK);
    return text;
}

/* Sends the command and gives the device a second; the answer, "" when there was none. */
static const char *send(const command *c)
{
    uint32_t before = mqtt.sent_count;
    fake_link_push(&mqtt, "cmd", text_of(c));
    (void)device_run(&d, 1000, NULL);
    for (uint32_t i = before; i < mqtt.sent_count; i++)
        if (strcmp(mqtt.sent[i].topic, "report") == 0)
            return mqtt.sent[i].body;
    return "";
}

static const char *do_action(const char *action, const char *params)
{
    command c = a_command(action);
    c.params = params;
    return send(&c);
}

/* The `error` of an answer, or its state when there is none. */
static const char *code_of(const char *answer)
{
    static char code[64];
    ef_json json, value;
    if (answer[0] == 0)
        return "(no answer)";
    assert_int_equal(ef_json_open(&json, answer, strlen(answer)), EF_OK);
    if (ef_json_member(&json, "error", &value) != EF_OK)
        assert_int_equal(ef_json_member(&json, "state", &value), EF_OK);
    assert_int_equal(ef_json_string(&value, code, sizeof code), EF_OK);
    return code;
}

static void row(const char *attack, const char *code, const char *expected)
{
    print_message("  %-58s %s\n", attack, code);
    if (strcmp(code, expected) != 0)
        fail_msg("%s: %s instead of %s", attack, code, expected);
}

static void a_command_is_obeyed_once_and_answered(void **state)
{
    (void)state;
    assert_string_equal(do_action("relay.set", "{\"on\":true}"), "{\"requestId\":\"r-1\",\"state\":\"done\",\"result\":{\"on\":true}}");
    assert_string_equal(last_params, "{\"on\":true}");
    assert_string_equal(do_action("relay.set", NULL), "{\"requestId\":\"r-1\",\"state\":\"done\",\"result\":{\"on\":true}}");
    assert_string_equal(last_params, "");
    assert_string_equal(do_action("relay.set", "\"fail\""), "{\"requestId\":\"r-1\",\"state\":\"failed\",\"error\":\"bad-argument\"}");
    assert_string_equal(do_action("relay.set", "\"long\""),
                        "{\"requestId\":\"r-1\",\"state\":\"done\",\"detail\":\"The result was too large to be sent.\"}");
    char params[2049];
    memset(params, 'x', sizeof params - 1);
    params[0] = params[2047] = '"';
    params[2048] = 0;
    assert_string_equal(code_of(do_action("relay.set", params)), "done");
    assert_string_equal(last_params, params);
    assert_int_equal(relays, 5);
}

static void every_device_knows_these_actions(void **state)
{
    (void)state;
    uint32_t polls = host.polls;
    assert_string_equal(code_of(do_action("poll", NULL)), "done");
    assert_true(host.polls > polls);
    const char *answer = do_action("status", NULL);
    assert_non_null(strstr(answer, "\"result\":{\"version\":\"1.0.0\",\"slot\":\"a\",\"agentVersion\":\"0.1.0\",\"state\":\"idle\""));
    assert_non_null(strstr(answer, "\"actions\":[\"poll\",\"status\",\"restart\",\"log\",\"factory-reset\",\"identify\",\"relay.set\"]"));
    assert_string_equal(code_of(do_action("identify", NULL)), "done");
    assert_int_equal(identified, 1);
    uint32_t boots = d.boots;
    assert_string_equal(code_of(do_action("restart", NULL)), "accepted");
    (void)device_run(&d, 5000, NULL);
    assert_int_equal(d.boots, boots + 1);
}

static void a_factory_reset_needs_the_devices_name_and_makes_it_nobodys(void **state)
{
    (void)state;
    assert_string_equal(code_of(do_action("factory-reset", NULL)), "bad-argument");
    assert_string_equal(code_of(do_action("factory-reset", "{\"confirm\":\"dev-2\"}")), "bad-argument");
    uint32_t boots = d.boots, claims = host.claims;
    assert_string_equal(code_of(do_action("factory-reset", "{\"confirm\":\"dev-1\"}")), "accepted");
    (void)device_run(&d, 5000, NULL);
    assert_int_equal(d.boots, boots + 1);
    assert_int_equal(host.claims, claims + 1); /* whose it is had to be said anew */
}

static void an_application_registers_eight_actions_and_no_more(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    assert_int_equal(ef_agent_action(&d.agent, "relay.set", set_relay, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_action(&d.agent, "restart", set_relay, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_action(&d.agent, "Relay", set_relay, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_action(&d.agent, "", set_relay, NULL), EF_BAD_ARGUMENT);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(ef_agent_action(&d.agent, names[i], set_relay, NULL), i < 7 ? EF_OK : EF_TOO_LARGE);
}

static ef_status no_nonces(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    (void)ctx, (void)data, (void)len;
    return strcmp(key, "nonces") == 0 ? EF_FLASH_FAILED : EF_OK;
}

static void attacks_on_commands(void **state)
{
    (void)state;
    print_message("  attack                                                     code\n");
    command old = a_command("relay.set");
    row("a good command, for comparison", code_of(send(&old)), "done");
    row("replayed command", code_of(send(&old)), "command-replayed");
    device_cut(&d);
    start();
    row("replayed command after a power cut", code_of(send(&old)), "command-replayed");
    command c = a_command("relay.set");
    c.device_id = "dev-2";
    row("another device's id, signed by its own secret", code_of(send(&c)), "command-device");
    c = a_command("relay.set");
    c.is_forged = true;
    row("forged signature (must not be answered)", code_of(send(&c)), "(no answer)");
    c = a_command("relay.set");
    c.issued_ms -= 120000, c.expires_ms = host.utc_ms - 2000; /* the host says whole seconds */
    row("expired", code_of(send(&c)), "command-expired");
    c = a_command("relay.set");
    c.issued_ms += 200000, c.expires_ms += 200000;
    row("issued in the future", code_of(send(&c)), "command-early");
    c = a_command("relay.set");
    c.expires_ms = c.issued_ms + 86400001;
    row("life of more than a day", code_of(send(&c)), "command-invalid");
    c = a_command("relay.set");
    c.params = "{\"a\":1}\n{\"b\":2}";
    row("a line break that moves fields of the signed text", code_of(send(&c)), "command-invalid");
    row("an action nobody knows", code_of(do_action("relay.get", NULL)), "command-unknown");
    uint32_t before = mqtt.sent_count;
    fake_link_push(&mqtt, "cmd", "{\"deviceId\":");
    fake_link_push(&mqtt, "cmd", "[1,2,3]");
    (void)device_run(&d, 1000, NULL);
    row("no JSON (must not be answered)", fake_link_find(&mqtt, "report", "command-invalid") == &mqtt.sent[before] ? "answered" : "(no answer)", "(no answer)");
    assert_int_equal(relays, 1);

    /* What was obeyed is forgotten when it has expired; setting the clock back must not revive it. */
    (void)device_run(&d, 70000, NULL);
    row("a second good command", code_of(do_action("relay.set", NULL)), "done");
    device_cut(&d);
    host.utc_ms = old.issued_ms + 1;
    start();
    row("clock set back by the host over a restart, old command again", code_of(send(&old)), "command-expired");
    assert_int_equal(relays, 2);
    device_cut(&d);
    host.utc_ms = 1000;
    start();
    c = a_command("relay.set");
    c.issued_ms = old.issued_ms, c.expires_ms = old.expires_ms + 3600000;
    row("a host that does not say the time", code_of(send(&c)), "command-time-unknown");
    host.utc_ms = old.issued_ms + 200000;
    device_cut(&d);
    start();

    ef_status (*kv_set)(void *, const char *, const uint8_t *, size_t) = d.port.kv_set;
    d.port.kv_set = no_nonces;
    row("flash that does not take the nonce", code_of(do_action("relay.set", NULL)), "flash-failed");
    d.port.kv_set = kv_set;
    assert_int_equal(relays, 2);

    const char *code = "";
    int obeyed = 0;
    for (; obeyed < 40; obeyed++) {
        c = a_command("relay.set");
        c.expires_ms += 3600000;
        code = code_of(send(&c));
        if (strcmp(code, "done") != 0)
            break;
    }
    row("nonce flood (signed commands without end)", code, "command-busy");
    assert_in_range(obeyed, 31, 32); /* the second good command may still be alive */
    device_cut(&d);
    start();
    row("nonce flood, after a restart", code_of(do_action("relay.set", NULL)), "command-busy");
    row("replayed command while the window is full", code_of(send(&c)), "command-busy");
    (void)device_run(&d, 3700000, NULL);
    row("when they have expired", code_of(do_action("relay.set", NULL)), "done");
}

static void a_power_cut_between_nonce_and_deed_loses_the_command_and_never_doubles_it(void **state)
{
    (void)state;
    command c = a_command("relay.set");
    for (uint32_t cut = 1; cut <= 4; cut++) {
        uint32_t before = relays;
        c = a_command("relay.set");
        d.flash.cut_at = d.flash.changes + cut;
        d.flash.cut_is_torn = cut % 2 == 0;
        fake_link_push(&mqtt, "cmd", text_of(&c));
        (void)device_run(&d, 1000, NULL);
        device_cut(&d);
        start();
        fake_link_push(&mqtt, "cmd", text_of(&c));
        (void)device_run(&d, 1000, NULL);
        assert_int_equal(relays, before + 1);
    }
}

static void an_answer_that_could_not_be_sent_comes_after_the_cut(void **state)
{
    (void)state;
    command c = a_command("relay.set");
    mqtt.is_full = true;
    assert_string_equal(send(&c), "");
    assert_int_equal(relays, 1);
    fake_link_cut(&mqtt);
    mqtt.is_full = false;
    (void)device_run(&d, 30000, NULL);
    assert_int_equal(fake_link_count(&mqtt, "report", "{\"requestId\":\"r-1\",\"state\":\"done\"}"), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_command_is_obeyed_once_and_answered),
        T(every_device_knows_these_actions),
        T(a_factory_reset_needs_the_devices_name_and_makes_it_nobodys),
        T(an_application_registers_eight_actions_and_no_more),
        T(attacks_on_commands),
        T(a_power_cut_between_nonce_and_deed_loses_the_command_and_never_doubles_it),
        T(an_answer_that_could_not_be_sent_comes_after_the_cut),
    };
    return cmocka_run_group_tests_name("commands on a device", tests, NULL, NULL);
}
