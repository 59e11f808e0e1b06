/* An update from the offer to the restart, and what is left of it at the next start. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define LAST_WORDS_MS 3000 /* how long a restart waits for reports on the way */
#define WRITE_AGAIN_MS 10000

/* An end that flash does not take stays in RAM, and what it is about stays as it is in flash: after a restart it is found again there. */
static void ended(ef_agent *a, const char *offer_id, ef_report_state state, ef_status error, const char *detail, const uint8_t *returned_sha256)
{
    const ef_pending pending = a->record.pending;
    ef_report report = {.state = state, .error = error, .percent = -1};
    ef_copy_text(report.offer_id, sizeof report.offer_id, offer_id);
    ef_copy_text(report.detail, sizeof report.detail, detail);
    memcpy(a->record.done_offer_id, report.offer_id, sizeof a->record.done_offer_id); /* of offer_id, which may be it */
    memset(&a->record.pending, 0, sizeof a->record.pending);
    if (ef_update_record_end(a, &report, returned_sha256) != EF_OK) {
        ef_log(a, EF_LOG_ERROR, "The update record could not be written.");
        if (state == EF_REPORT_CONFIRMED || state == EF_REPORT_ROLLED_BACK)
            a->record.pending = pending;
        a->record.unwritten = state;
        a->record.unwritten_error = error;
        a->record.write_ms = a->now_ms + WRITE_AGAIN_MS;
        return;
    }
    a->record.unwritten = EF_REPORT_NONE;
    if (error == EF_OK)
        ef_log(a, EF_LOG_INFO, "update %s", ef_report_state_name(state));
    else
        ef_log(a, EF_LOG_WARN, "update %s: %s. %s", ef_report_state_name(state), ef_status_code(error), report.detail);
}

void ef_update_ended(ef_agent *a, const char *offer_id, ef_report_state state, ef_status error, const char *detail)
{
    ended(a, offer_id, state, error, detail, NULL);
}

int64_t ef_update_step(ef_agent *a)
{
    ef_update_record *r = &a->record;
    if (r->unwritten == EF_REPORT_NONE)
        return EF_NEVER;
    if (a->now_ms >= r->write_ms) {
        const ef_pending pending = r->pending;
        ended(a, r->done_offer_id, r->unwritten, r->unwritten_error, "", r->unwritten == EF_REPORT_ROLLED_BACK ? pending.sha256 : NULL);
    }
    return WRITE_AGAIN_MS;
}

/* What the error's code does not say by itself. */
static void refusal(const ef_agent *a, ef_status status, const ef_facts *facts, char *out, size_t cap)
{
    char digits[21];
    const char *format = "The manifest was refused.", *value = "";
    uint64_t number = UINT64_MAX;
    switch (status) {
    case EF_KEY_UNKNOWN: format = "Its key is not trusted here; the host's key list: %s.", value = ef_status_code(a->keys.answer); break;
    case EF_PRODUCT_MISMATCH: format = "The release is not for product %s.", value = a->config.product; break;
    case EF_CHIP_MISMATCH: format = "The release is not for chip %s.", value = a->config.chip; break;
    case EF_FORMAT_MISMATCH: format = "The image is not in the format %s.", value = a->config.image_format->name; break;
    case EF_SEQUENCE_OLD: format = "This device has taken sequence %s.", number = a->record.sequence; break;
    case EF_EPOCH_OLD: format = "This device is in security epoch %s.", number = a->record.epoch; break;
    case EF_AGENT_TOO_OLD: format = "The agent is %s.", value = EF_AGENT_VERSION; break;
    case EF_VERSION_TOO_OLD: format = "The version to come from is %s.", value = a->config.version; break;
    case EF_IMAGE_TOO_LARGE: format = "The slot has %s bytes.", number = facts->slot_size_bytes; break;
    default: break;
    }
    if (number != UINT64_MAX) {
        (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
        value = digits;
    }
    (void)snprintf(out, cap, format, value);
}

/* The release that was left before is told from one that is merely old. */
static void refusal_of_old(const ef_agent *a, const uint8_t *cose, size_t len, const ef_manifest_context *context, char *out, size_t cap)
{
    ef_manifest_context open = *context;
    ef_manifest manifest;
    open.sequence = 0;
    open.security_epoch = 0;
    open.slot_size_bytes = UINT32_MAX;
    ef_status why = ef_manifest_open(cose, len, &open, &manifest) == EF_OK ? ef_update_record_returned(a, &manifest) : EF_OK;
    if (why != EF_OK)
        (void)snprintf(out, cap, "This device took this release, %s, and left it: %s.", manifest.version, ef_status_code(why));
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
    ef_manifest manifest;
    if (strcmp(offer_id, a->record.done_offer_id) == 0)
        return; /* it has ended here, and the host has been told */
    ef_trusted_key key;
    if (has_to_wait(a, cose, len, &key))
        return;
    a->port->facts(a->port->ctx, &facts);
    const ef_manifest_context context = {
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
    ef_status status = ef_manifest_open(cose, len, &context, &manifest);
    if ((status >= EF_MANIFEST_MALFORMED && status <= EF_IMAGE_TOO_LARGE) || status == EF_KEY_RETIRED) {
        char detail[EF_DETAIL_CHARS + 1];
        refusal(a, status, &facts, detail, sizeof detail);
        if (status == EF_SEQUENCE_OLD)
            refusal_of_old(a, cose, len, &context, detail, sizeof detail);
        ef_update_ended(a, offer_id, EF_REPORT_REJECTED, status, detail);
        return;
    }
    if (status != EF_OK) {
        ef_log(a, EF_LOG_ERROR, "an offer could not be judged: %s", ef_status_code(status));
        return;
    }
    ef_copy_text(a->offer.offer_id, sizeof a->offer.offer_id, offer_id);
    a->offer.manifest = manifest;
    a->download.started_over = false;
    ef_log(a, EF_LOG_INFO, "offer of %s, %lu bytes, sequence %llu", manifest.version, (unsigned long)manifest.image_size_bytes,
           (unsigned long long)manifest.sequence);
    ef_event_happened(a, EF_EVENT_OFFER);
}

void ef_update_failed(ef_agent *a, ef_status error, const char *detail)
{
    ef_update_ended(a, a->offer.offer_id, EF_REPORT_FAILED, error, detail);
    ef_progress_clear(a);
    ef_event_happened(a, EF_EVENT_FAILED);
}

/* First the record: a release whose slot is switched has its sequence spent, wherever the power goes. Then the switch. */
int64_t ef_applying_step(ef_agent *a)
{
    ef_update_record *r = &a->record;
    const ef_manifest *m = &a->offer.manifest;
    if (!r->pending.present) {
        ef_facts facts;
        a->port->facts(a->port->ctx, &facts);
        const ef_update_record before = *r;
        r->sequence = m->sequence > r->sequence ? m->sequence : r->sequence;
        r->epoch = m->security_epoch > r->epoch ? m->security_epoch : r->epoch;
        r->pending = (ef_pending){
            .present = true,
            .slot = (uint8_t)(1 - a->running_slot),
            .switch_count = facts.switch_count,
            .size_bytes = m->image_size_bytes,
        };
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

int64_t ef_rebooting_step(ef_agent *a)
{
    int64_t left_ms = a->entered_ms + LAST_WORDS_MS - a->now_ms;
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
    const ef_pending pending = a->record.pending;
    ef_event next = a->identity.present ? EF_EVENT_IDENTITY : EF_EVENT_NO_IDENTITY;
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    if (facts.slot_state[facts.running_slot] == EF_SLOT_PENDING_VERIFY) {
        if (pending.present)
            ef_copy_text(a->offer.offer_id, sizeof a->offer.offer_id, pending.offer_id);
        return EF_EVENT_PENDING_VERIFY;
    }
    if (!pending.present)
        return next;
    if (pending.slot == facts.running_slot) {
        /* Confirmed, and cut before that was written down. */
        ef_update_ended(a, pending.offer_id, EF_REPORT_CONFIRMED, EF_OK, "");
        return next;
    }
    if (pending.switch_count == facts.switch_count && a->identity.present) {
        /* The slot was verified, but the power went before the switch. */
        ef_copy_text(a->offer.offer_id, sizeof a->offer.offer_id, pending.offer_id);
        memset(&a->offer.manifest, 0, sizeof a->offer.manifest);
        memcpy(a->offer.manifest.version, pending.version, sizeof pending.version);
        memcpy(a->offer.manifest.image_sha256, pending.sha256, sizeof pending.sha256);
        a->offer.manifest.image_size_bytes = pending.size_bytes;
        return EF_EVENT_STORED_OFFER;
    }
    ended(a, pending.offer_id, EF_REPORT_ROLLED_BACK, facts.failure == EF_OK ? EF_CRASHED : facts.failure,
          facts.failure_detail[0] != 0 ? facts.failure_detail : "The new image is not the one that was booted.", pending.sha256);
    return next;
}
