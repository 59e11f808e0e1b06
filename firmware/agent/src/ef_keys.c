/* The keys the device trusts: kept in flash, one loaded when it is needed, replaced by the host's key list (docs/protocol.md section 6.6). */
#include <stdio.h>
#include <string.h>

#include "ef_key_list.h"
#include "ef_parts.h"

#define TRIES 3u
#define REFUSED_WAIT_MS 3600000 /* until a list that was not good is asked for again */

static const char record_key[] = "keys";

static ef_status load(const ef_agent *a, ef_key_record *record)
{
    ef_status status = a->port->kv_get(a->port->ctx, record_key, record->bytes, sizeof record->bytes, &record->len);
    if (status != EF_OK)
        return status == EF_NOT_FOUND ? EF_NOT_FOUND : EF_FLASH_FAILED;
    return ef_key_record_sound(record) ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_keys_load(ef_agent *a)
{
    ef_key_record record;
    ef_status status = load(a, &record);
    if (status == EF_OK)
        a->keys.generation = ef_key_record_generation(&record);
    return status == EF_NOT_FOUND ? EF_OK : status;
}

ef_status ef_keys_store(ef_agent *a, const ef_key_record *record)
{
    ef_status status = a->port->kv_set(a->port->ctx, record_key, record->bytes, record->len);
    if (status == EF_OK)
        a->keys.generation = ef_key_record_generation(record);
    return status;
}

ef_status ef_keys_find(const ef_agent *a, const char *kid, ef_trusted_key *key)
{
    ef_key_record record;
    ef_status status = load(a, &record);
    return status == EF_OK ? ef_key_record_find(&record, kid, key) : status;
}

void ef_keys_announced(ef_agent *a, uint64_t generation)
{
    ef_keys *k = &a->keys;
    k->heard = generation;
    bool refused = generation == k->refused && !ef_passed(a, k->refused_ms, REFUSED_WAIT_MS);
    if (generation > k->generation && !refused && !k->judge_next)
        k->wanted = true;
}

/* Asked for once, whatever it brings: what is offered is then judged with the keys there are. */
bool ef_keys_first(ef_agent *a)
{
    if (a->keys.judge_next)
        return false;
    a->keys.wanted = true;
    a->keys.for_offer = true;
    return true;
}

static int64_t keys_due(const ef_agent *a)
{
    return a->keys.wanted && a->state == EF_STATE_IDLE && ef_token_valid(a) ? a->keys.next_ms : EF_NEVER;
}

static ef_status keys_begin(ef_agent *a, ef_request *request)
{
    (void)snprintf(a->path, sizeof a->path, "/device/v1/keys?generation=%llu", (unsigned long long)a->keys.generation);
    return ef_exchange_get(a, request, a->token.text);
}

static ef_status take_list(ef_agent *a, const uint8_t *cose, size_t len)
{
    char kid[EF_KID_CHARS + 1];
    ef_trusted_key signer;
    ef_key_record record;
    ef_status status = ef_key_list_kid(cose, len, kid);
    if (status != EF_OK)
        return status;
    ef_status known = ef_keys_find(a, kid, &signer);
    if (known == EF_FLASH_FAILED)
        return known;
    status = ef_key_list_open(cose, len, known == EF_OK ? &signer : NULL, a->keys.generation, &record);
    return status == EF_OK ? ef_keys_store(a, &record) : status;
}

static void settle(ef_agent *a)
{
    ef_keys *k = &a->keys;
    k->wanted = false;
    k->tries = 0;
    k->next_ms = 0;
    ef_backoff_again(&k->backoff);
    if (k->for_offer) {
        k->judge_next = true;
        a->poll_next_ms = a->now_ms; /* the offer that waits for this */
    }
    k->for_offer = false;
}

static void keys_finish(ef_agent *a, ef_status status, int32_t code)
{
    ef_keys *k = &a->keys;
    if (status == EF_TOO_LARGE)
        code = a->control.response.status;
    if (code == 401)
        return; /* again as soon as there is a new token */
    bool answered = (code >= 200 && code < 400) || ef_is_refusal(code);
    if (!answered && ++k->tries < TRIES) {
        k->next_ms = ef_exchange_retry_ms(a, &a->control.response, &k->backoff);
        return;
    }
    k->answer = EF_NETWORK;
    if (answered) {
        size_t len = status == EF_TOO_LARGE ? EF_KEY_LIST_MAX_BYTES + 1 : a->control.len;
        k->answer = code == 200 ? take_list(a, a->rx, len) : EF_NOT_FOUND;
        if (k->answer == EF_OK)
            ef_log(a, EF_LOG_INFO, "keys of generation %llu", (unsigned long long)k->generation);
        else if (code == 200)
            ef_log(a, EF_LOG_WARN, "key list refused: %s", ef_status_code(k->answer));
        if (k->answer != EF_OK && k->answer != EF_FLASH_FAILED) {
            k->refused = k->heard; /* not asked for at every poll; another announcement, or an offer, asks anew */
            k->refused_ms = a->now_ms;
        }
    }
    settle(a);
}

const ef_job_rules ef_keys_job = {.authenticated = true, .due_ms = keys_due, .begin = keys_begin, .finish = keys_finish};
