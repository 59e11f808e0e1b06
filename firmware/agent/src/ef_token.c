/* The access token: docs/protocol.md section 1.3. */
#include <string.h>

#include "ef_parts.h"

#define REVOKED_WAIT_MS 3600000
#define REFRESH_EARLY_S 120

bool ef_token_valid(const ef_agent *a)
{
    return a->token.text[0] != 0;
}

/* The first 401 is answered by a new token at once. When that one is refused too, asking faster would not help. */
void ef_token_refused(ef_agent *a)
{
    a->token.text[0] = 0;
    a->token.next_ms = ef_after(a, a->token.fresh ? ef_backoff_next_ms(&a->token.backoff, a->port) + 500 : 0);
}

void ef_token_accepted(ef_agent *a)
{
    a->token.fresh = false;
    ef_backoff_again(&a->token.backoff);
}

static int64_t token_due(const ef_agent *a)
{
    if (!a->identity.present)
        return EF_NEVER;
    int64_t due_ms = ef_token_valid(a) ? a->token.refresh_ms : a->now_ms;
    return due_ms > a->token.next_ms ? due_ms : a->token.next_ms;
}

static ef_status token_begin(ef_agent *a, ef_request *request)
{
    a->tx[0] = 0;
    request->path = "/device/v1/token";
    request->bearer = a->identity.device_key;
    return EF_OK;
}

static ef_status read_token(ef_agent *a)
{
    static const uint16_t size = sizeof a->token.text;
    ef_json json;
    char text[EF_TOKEN_CHARS + 1];
    int64_t seconds;
    ef_status status = ef_exchange_json(a, &json);
    if (status == EF_OK)
        status = ef_json_texts(&json, "accessToken\0", &size, text);
    if (status == EF_OK)
        status = ef_json_member_int(&json, "expiresInSeconds", &seconds);
    if (status != EF_OK)
        return status;
    if (!ef_is_word(text) || seconds < 1 || seconds > 86400 * 30) /* it becomes part of a header line */
        return EF_MALFORMED;
    uint32_t lifetime_s = (uint32_t)seconds;
    memcpy(a->token.text, text, sizeof text);
    a->token.refresh_ms = ef_after(a, (lifetime_s > 2 * REFRESH_EARLY_S ? lifetime_s - REFRESH_EARLY_S : lifetime_s / 2) * 1000);
    a->token.next_ms = 0;
    ef_clock_told(a, &json);
    return EF_OK;
}

static void token_finish(ef_agent *a, ef_status status, int32_t code)
{
    if (code == 200) {
        status = read_token(a);
        if (status == EF_OK) {
            a->token.fresh = true;
            a->confirm.host_answered = true;
            return;
        }
        ef_log(a, EF_LOG_WARN, "the %s makes no sense", "token");
    } else if (code == 401) {
        a->token.text[0] = 0;
        a->token.next_ms = ef_after(a, REVOKED_WAIT_MS);
        ef_log(a, EF_LOG_ERROR, "the host does not know this device");
        return;
    }
    a->token.next_ms = ef_exchange_retry_ms(a, &a->control.response, &a->token.backoff);
}

const ef_job_rules ef_token_job = {.due_ms = token_due, .begin = token_begin, .finish = token_finish};
