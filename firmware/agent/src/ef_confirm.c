/* Confirming a new image: docs/protocol.md section 4, the last paragraph. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define AGAIN_MS 100

void ef_confirm_enter(ef_agent *a)
{
    a->confirm.tested = false;
    a->confirm.next_ms = 0;
}

/* Returns to the old image, which tells the host why. */
static void refuse(ef_agent *a, ef_status reason, const char *detail)
{
    ef_log(a, EF_LOG_ERROR, "the new image is not good: %s. %s", ef_status_code(reason), detail);
    if (a->port->act(a->port->ctx, EF_BOOT_REJECT, &(ef_action_detail){.reason = reason, .detail = detail}) != EF_OK)
        ef_log(a, EF_LOG_ERROR, "the boot record could not be written; a restart comes to the same");
    a->offer.offer_id[0] = 0; /* "rebooting" would be a step back from "confirming" */
    ef_event_happened(a, EF_EVENT_REFUSED);
}

static void give_up(ef_agent *a)
{
    char detail[EF_DETAIL_CHARS + 1];
    const char *what = !a->confirm.tested            ? "The self-test did not end"
                       : !a->confirm.host_answered ? "The host did not answer"
                                                   : "The boot record could not be written";
    (void)snprintf(detail, sizeof detail, "%s within %.1f s.", what, a->config.confirm_timeout_ms / 1000.0);
    refuse(a, EF_CONFIRM_TIMEOUT, detail);
}

int64_t ef_confirm_step(ef_agent *a, int64_t now_ms)
{
    int64_t uptime_ms = now_ms - a->started_ms;
    if (uptime_ms >= a->config.confirm_timeout_ms) {
        give_up(a);
        return 0;
    }
    if (now_ms < a->confirm.next_ms)
        return a->confirm.next_ms - now_ms;
    if (!a->confirm.tested) {
        ef_status status = a->config.self_test == NULL ? EF_OK : a->config.self_test(a->config.self_test_ctx);
        if (status != EF_OK && status != EF_AGAIN) {
            char detail[EF_DETAIL_CHARS + 1];
            (void)snprintf(detail, sizeof detail, "The application's self-test answered %s %.1f s after start.", ef_status_code(status),
                           (double)uptime_ms / 1000.0);
            refuse(a, EF_SELF_TEST_FAILED, detail);
            return 0;
        }
        a->confirm.tested = status == EF_OK;
    }
    if (!a->confirm.tested || !a->confirm.host_answered || uptime_ms < a->config.soak_ms) {
        a->confirm.next_ms = now_ms + AGAIN_MS;
        return AGAIN_MS;
    }
    if (a->port->act(a->port->ctx, EF_BOOT_CONFIRM, NULL) != EF_OK) {
        a->confirm.next_ms = now_ms + AGAIN_MS;
        return AGAIN_MS;
    }
    if (a->record.pending.present) {
        char offer_id[EF_OFFER_CHARS + 1];
        memcpy(offer_id, a->record.pending.offer_id, sizeof offer_id);
        ef_update_ended(a, offer_id, EF_REPORT_CONFIRMED, EF_OK, "");
    }
    ef_event_happened(a, EF_EVENT_CONFIRMED);
    return 0;
}
