/* An update from the offer to the restart, and what is left of it at the next start. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define LAST_WORDS_MS 3000 /* how long a restart waits for reports on the way */
#define WRITE_AGAIN_MS 10000

/* An end that flash does not take stays in RAM, and what it is about stays as it is in flash: after a restart it is found again there. */
void ef_update_ended(ef_agent *a, const char *offer_id, ef_report_state state, ef_status error, const char *detail)
{
    ef_update_record *r = &a->record;
    const ef_pending pending = r->pending;
    ef_report report = {.state = state, .error = error, .percent = -1};
    ef_copy_text(report.offer_id, sizeof report.offer_id, offer_id);
    ef_copy_text(report.detail, sizeof report.detail, detail);
    memcpy(r->done_offer_id, report.offer_id, sizeof r->done_offer_id); /* of offer_id, which may be it */
    memset(&r->pending, 0, sizeof r->pending);
    r->unwritten = EF_REPORT_NONE;
    if (ef_update_record_end(a, &report, state == EF_REPORT_ROLLED_BACK ? pending.sha256 : NULL) != EF_OK) {
        if (state == EF_REPORT_CONFIRMED || state == EF_REPORT_ROLLED_BACK)
            r->pending = pending;
        r->unwritten = state;
        r->unwritten_error = error;
        r->write_ms = ef_after(a, WRITE_AGAIN_MS);
        return;
    }
    ef_log(a, error == EF_OK ? EF_LOG_INFO : EF_LOG_WARN, "update %s: %s. %s", ef_report_state_name(state), ef_status_code(error), report.detail);
}

uint32_t ef_update_step(ef_agent *a)
{
    ef_update_record *r = &a->record;
    if (r->unwritten == EF_REPORT_NONE)
        return ef_until(a, EF_NEVER);
    if (a->now_ms >= r->write_ms)
        ef_update_ended(a, r->done_offer_id, r->unwritten, r->unwritten_error, "");
    return ef_until(a, r->write_ms);
}

/* What the error's code does not say by itself: what the manifest was measured by. */
static void refusal(const ef_agent *a, ef_status status, const ef_manifest_context *c, char out[EF_DETAIL_CHARS + 1])
{
    static const char names[] = "product\0chip\0format\0sequence\0epoch\0agent\0version\0slot size";
    _Static_assert(EF_IMAGE_TOO_LARGE - EF_PRODUCT_MISMATCH == 7, "a name each, in the order of the codes");
    char sequence[21], epoch[11], slot_size[11];
    const char *const values[] = {c->product, c->chip, c->image_format, sequence, epoch, c->agent_version, c->version, slot_size};
    ef_copy_text(out, EF_DETAIL_CHARS + 1, "The manifest was refused.");
    if (status == EF_KEY_UNKNOWN)
        (void)snprintf(out, EF_DETAIL_CHARS + 1, "The host's key list: %s.", ef_status_code(a->keys.answer));
    unsigned which = (unsigned)status - EF_PRODUCT_MISMATCH;
    if (which >= sizeof values / sizeof values[0])
        return;
    (void)snprintf(sequence, sizeof sequence, "%llu", (unsigned long long)c->sequence);
    (void)snprintf(epoch, sizeof epoch, "%lu", (unsigned long)c->security_epoch);
    (void)snprintf(slot_size, sizeof slot_size, "%lu", (unsigned long)c->slot_size_bytes);
    (void)snprintf(out, EF_DETAIL_CHARS + 1, "This device's %s is %s.", ef_nth_text(names, which), values[which]);
}

/* The release that was left before is told from one that is merely old. */
static void refusal_of_old(ef_agent *a, const uint8_t *cose, size_t len, ef_manifest_context *context, char out[EF_DETAIL_CHARS + 1])
{
    ef_manifest *m = &a->offer.manifest;
    context->sequence = 0;
    context->security_epoch = 0;
    context->slot_size_bytes = UINT32_MAX;
    ef_status why = ef_manifest_open(cose, len, context, m) == EF_OK ? ef_update_record_returned(a, m) : EF_OK;
    if (why != EF_OK)
        (void)snprintf(out, EF_DETAIL_CHARS + 1, "This device took this release, %s, and left it: %s.", m->version, ef_status_code(why));
}

/* Whether the offer waits: until the host says what time it is, or what keys it has. */
static bool has_to_wait(ef_agent *a, const uint8_t *cose, size_t len, ef_trusted_key *key)
{
    char kid[EF_KID_CHARS + 1];
    memset(key, 0, sizeof *key);
    if (ef_agent_utc_ms(a) == 0) {
        ef_log(a, EF_LOG_WARN, "an offer waits for the time");
        return true;
    }
    if (ef_manifest_kid(cose, len, kid) != EF_OK)
        return false;
    ef_status status = ef_keys_find(a, kid, key);
    if (status == EF_FLASH_FAILED)
        ef_log(a, EF_LOG_ERROR, "the trusted keys cannot be read");
    return status == EF_FLASH_FAILED || (status == EF_NOT_FOUND && ef_keys_first(a));
}

void ef_update_offered(ef_agent *a, const char *offer_id, const uint8_t *cose, size_t len)
{
    ef_facts facts;
    ef_manifest *m = &a->offer.manifest;
    ef_trusted_key key;
    if (strcmp(offer_id, a->record.done_offer_id) == 0 || has_to_wait(a, cose, len, &key))
        return; /* it has ended here, and the host has been told; or it is offered again */
    a->port->facts(a->port->ctx, &facts);
    ef_manifest_context context = {
        .keys = &key,
        .key_count = key.kid[0] != 0,
        .now_ms = (uint64_t)ef_agent_utc_ms(a),
        .product = a->config.product,
        .chip = a->config.chip,
        .image_format = a->config.image_format->name,
        .version = a->config.version,
        .agent_version = EF_AGENT_VERSION,
        .sequence = a->record.sequence,
        .security_epoch = a->record.epoch,
        .slot_size_bytes = facts.slot_size_bytes,
    };
    ef_status status = ef_manifest_open(cose, len, &context, m);
    if (status == EF_OK) {
        ef_copy_text(a->offer.offer_id, sizeof a->offer.offer_id, offer_id);
        a->download.started_over = false;
        ef_log(a, EF_LOG_INFO, "offer of %s", m->version);
        ef_event_happened(a, EF_EVENT_OFFER);
    } else if ((status >= EF_MANIFEST_MALFORMED && status <= EF_IMAGE_TOO_LARGE) || status == EF_KEY_RETIRED) {
        char detail[EF_DETAIL_CHARS + 1];
        refusal(a, status, &context, detail);
        if (status == EF_SEQUENCE_OLD)
            refusal_of_old(a, cose, len, &context, detail);
        ef_update_ended(a, offer_id, EF_REPORT_REJECTED, status, detail);
    } else {
        ef_log(a, EF_LOG_ERROR, "an offer could not be judged: %s", ef_status_code(status));
    }
}

void ef_update_failed(ef_agent *a, ef_status error, const char *detail)
{
    ef_update_ended(a, a->offer.offer_id, EF_REPORT_FAILED, error, detail);
    ef_progress_clear(a);
    ef_event_happened(a, EF_EVENT_FAILED);
}

/* First the record: a release whose slot is switched has its sequence spent, wherever the power goes. Then the switch. */
uint32_t ef_applying_step(ef_agent *a)
{
    ef_update_record *r = &a->record;
    const ef_manifest *m = &a->offer.manifest;
    if (!r->pending.present) {
        ef_facts facts;
        a->port->facts(a->port->ctx, &facts);
        const ef_update_record before = *r;
        r->sequence = m->sequence; /* of a manifest that was judged: higher, and the epoch no lower */
        r->epoch = m->security_epoch;
        r->pending.present = true;
        r->pending.slot = (uint8_t)(1 - a->running_slot);
        r->pending.switch_count = facts.switch_count;
        r->pending.size_bytes = m->image_size_bytes;
        memcpy(r->pending.offer_id, a->offer.offer_id, sizeof r->pending.offer_id);
        memcpy(r->pending.version, m->version, sizeof r->pending.version);
        memcpy(r->pending.sha256, m->image_sha256, sizeof r->pending.sha256);
        if (ef_update_record_store(a) != EF_OK) {
            *r = before; /* it is not stored, so it is not so */
            ef_update_failed(a, EF_FLASH_FAILED, "The update record could not be written.");
        }
        return 0;
    }
    if (a->port->act(a->port->ctx, EF_BOOT_SWITCH, NULL) != EF_OK) {
        ef_update_failed(a, EF_FLASH_FAILED, "The boot record could not be written.");
        return 0;
    }
    ef_progress_clear(a);
    ef_event_happened(a, EF_EVENT_APPLIED);
    return 0;
}

uint32_t ef_rebooting_step(ef_agent *a)
{
    uint32_t left_ms = ef_until(a, a->entered_ms + LAST_WORDS_MS);
    if (left_ms > 0 && !(ef_report_idle(a) && ef_messages_idle(a)))
        return left_ms < 100 ? left_ms : 100;
    a->restarting = true;
    ef_agent_settle(a);
    if (a->reset_wanted)
        (void)a->config.parts[EF_PART_RESET]->restart(a);
    else
        ef_restart(a);
    return 0;
}

ef_event ef_update_resume(ef_agent *a)
{
    const ef_pending *pending = &a->record.pending;
    ef_manifest *m = &a->offer.manifest;
    ef_event next = a->identity.present ? EF_EVENT_IDENTITY : EF_EVENT_NO_IDENTITY;
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    memcpy(a->offer.offer_id, pending->offer_id, sizeof pending->offer_id);
    if (facts.slot_state[facts.running_slot] == EF_SLOT_PENDING_VERIFY)
        return EF_EVENT_PENDING_VERIFY;
    if (!pending->present)
        return next;
    if (pending->slot == facts.running_slot) {
        /* Confirmed, and cut before that was written down. */
        ef_update_ended(a, pending->offer_id, EF_REPORT_CONFIRMED, EF_OK, "");
        return next;
    }
    if (pending->switch_count == facts.switch_count && a->identity.present) {
        /* The slot was verified, but the power went before the switch. */
        memcpy(m->version, pending->version, sizeof pending->version);
        memcpy(m->image_sha256, pending->sha256, sizeof pending->sha256);
        m->image_size_bytes = pending->size_bytes;
        return EF_EVENT_STORED_OFFER;
    }
    ef_update_ended(a, pending->offer_id, EF_REPORT_ROLLED_BACK, facts.failure == EF_OK ? EF_CRASHED : facts.failure,
                    facts.failure_detail[0] != 0 ? facts.failure_detail : "Another image was booted.");
    return next;
}
