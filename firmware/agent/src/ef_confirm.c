/* Confirming a new image: docs/protocol.md section 4, the last paragraph. The steps are tests of the application, the network, an answer of the
 * host and the soak time; what is missing when the time is up is named in the report. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define AGAIN_MS 100

#define NAME_CHARACTERS "-0123456789abcdefghijklmnopqrstuvwxyz"

ef_status ef_agent_self_test(ef_agent *a, const char *name, ef_status (*run)(void *ctx), void *ctx)
{
    ef_confirm *c = &a->confirm;
    size_t len = name == NULL ? 0 : strlen(name);
    if (len == 0 || len > EF_SELF_TEST_CHARS || strspn(name, NAME_CHARACTERS) != len || run == NULL)
        return EF_BAD_ARGUMENT;
    if (c->test_count == EF_SELF_TESTS_MAX)
        return EF_TOO_LARGE;
    c->tests[c->test_count++] = (ef_self_test){.name = name, .run = run, .ctx = ctx};
    return EF_OK;
}

void ef_confirm_enter(ef_agent *a)
{
    a->confirm.passed = 0;
    a->confirm.next_ms = 0;
}

/* Returns to the old image, which tells the host why. */
static void refuse(ef_agent *a, ef_status reason, const char *detail)
{
    ef_log(a, EF_LOG_ERROR, "new image refused: %s. %s", ef_status_code(reason), detail);
    if (a->port->act(a->port->ctx, EF_BOOT_REJECT, &(ef_action_detail){.reason = reason, .detail = detail}) != EF_OK)
        ef_log(a, EF_LOG_ERROR, "The boot record could not be written."); /* a restart comes to the same */
    a->offer.offer_id[0] = 0; /* "rebooting" would be a step back from "confirming" */
    ef_event_happened(a, EF_EVENT_REFUSED);
}

static bool all_passed(const ef_confirm *c)
{
    return c->passed == (1u << c->test_count) - 1u;
}

static void add_time(char *detail, uint32_t ms)
{
    size_t at = strlen(detail);
    (void)snprintf(detail + at, EF_DETAIL_CHARS - at, " %lu.%lu s after start", (unsigned long)(ms / 1000), (unsigned long)(ms / 100 % 10));
}

static void name(char *detail, bool missing, const char *kind, const char *what)
{
    size_t at = strlen(detail);
    if (missing)
        (void)snprintf(detail + at, EF_DETAIL_CHARS - at, "%s%s%s", strchr(detail, ':') == NULL ? ": " : ", ", kind, what);
}

/* "Missing 60.0 s after start: self-test radio, network, answer of the host." */
static void give_up(ef_agent *a)
{
    const ef_confirm *c = &a->confirm;
    char detail[EF_DETAIL_CHARS + 1];
    ef_copy_text(detail, sizeof detail, "Missing");
    add_time(detail, a->config.confirm_timeout_ms);
    for (unsigned i = 0; i < c->test_count; i++)
        name(detail, (c->passed & 1u << i) == 0, "self-test ", c->tests[i].name);
    name(detail, !c->network, "", "network");
    name(detail, !c->host_answered, "", "answer of the host");
    name(detail, strchr(detail, ':') == NULL, "", "a boot record that can be written");
    (void)strcat(detail, ".");
    refuse(a, EF_CONFIRM_TIMEOUT, detail);
}

/* Asks the tests that have not passed yet; false when one said no. */
static bool run_tests(ef_agent *a, uint32_t uptime_ms)
{
    ef_confirm *c = &a->confirm;
    for (unsigned i = 0; i < c->test_count; i++) {
        if ((c->passed & 1u << i) != 0)
            continue;
        ef_status status = c->tests[i].run(c->tests[i].ctx);
        if (status == EF_OK) {
            c->passed = (uint8_t)(c->passed | 1u << i);
        } else if (status != EF_AGAIN) {
            char detail[EF_DETAIL_CHARS + 1];
            (void)snprintf(detail, sizeof detail, "The self-test %s answered %s", c->tests[i].name, ef_status_code(status));
            add_time(detail, uptime_ms);
            (void)strcat(detail, ".");
            refuse(a, EF_SELF_TEST_FAILED, detail);
            return false;
        }
    }
    return true;
}

static bool has_network(const ef_agent *a)
{
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    return facts.network == EF_NETWORK_UP;
}

uint32_t ef_confirm_step(ef_agent *a)
{
    ef_confirm *c = &a->confirm;
    if (ef_passed(a, a->started_ms, a->config.confirm_timeout_ms)) {
        give_up(a);
        return 0;
    }
    uint32_t uptime_ms = (uint32_t)(a->now_ms - a->started_ms);
    uint32_t wait_ms = ef_until(a, c->next_ms);
    if (wait_ms > 0)
        return wait_ms;
    if (!run_tests(a, uptime_ms))
        return 0;
    c->network = c->network || c->host_answered || has_network(a); /* whoever was answered has one */
    c->next_ms = ef_after(a, AGAIN_MS);
    bool ready = all_passed(c) && c->network && c->host_answered && uptime_ms >= a->config.soak_ms;
    if (!ready || a->port->act(a->port->ctx, EF_BOOT_CONFIRM, NULL) != EF_OK)
        return AGAIN_MS;
    if (a->record.pending.present)
        ef_update_ended(a, a->record.pending.offer_id, EF_REPORT_CONFIRMED, EF_OK, "");
    ef_event_happened(a, EF_EVENT_CONFIRMED);
    return 0;
}
