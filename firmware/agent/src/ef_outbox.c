/* Messages of the WebSocket link on their way, as entries one behind the other: size (2), qos (1), length of the topic (1), id on this connection,
 * 0 = not sent on it (4), time it was sent (8), topic, body. */
#include <string.h>

#include "ef_bytes.h"
#include "espforge/ef_frame.h"

enum { HEAD = 16, FRAME_EXTRA = 48 /* braces, names and the id around topic and body */ };

void ef_outbox_init(ef_outbox *outbox, uint8_t *bytes, size_t cap)
{
    *outbox = (ef_outbox){.bytes = bytes, .cap = cap, .next_id = 1};
}

ef_status ef_outbox_put(ef_outbox *outbox, const ef_message *message)
{
    size_t topic_len = strlen(message->topic), size = HEAD + topic_len + message->body_len;
    if (topic_len > 15 || size > UINT16_MAX || size > outbox->cap || topic_len + message->body_len + FRAME_EXTRA > EF_FRAME_BYTES)
        return EF_TOO_LARGE;
    if (size > outbox->cap - outbox->used)
        return EF_AGAIN;
    uint8_t *p = outbox->bytes + outbox->used;
    memset(p, 0, HEAD);
    ef_put_u16(p, (uint16_t)size);
    p[2] = message->qos;
    p[3] = (uint8_t)topic_len;
    memcpy(p + HEAD, message->topic, topic_len);
    memcpy(p + HEAD + topic_len, message->body, message->body_len);
    outbox->used += size;
    return EF_OK;
}

static void remove_at(ef_outbox *outbox, size_t at)
{
    size_t size = ef_get_u16(outbox->bytes + at);
    memmove(outbox->bytes + at, outbox->bytes + at + size, outbox->used - at - size);
    outbox->used -= size;
}

ef_status ef_outbox_next(ef_outbox *outbox, int64_t now_ms, char *out, size_t cap, size_t *len)
{
    for (size_t at = 0; at < outbox->used; at += ef_get_u16(outbox->bytes + at)) {
        uint8_t *p = outbox->bytes + at;
        size_t topic_len = p[3];
        char topic[16];
        if (ef_get_u32(p + 4) != 0)
            continue;
        memcpy(topic, p + HEAD, topic_len);
        topic[topic_len] = 0;
        uint32_t id = p[2] == 0 ? 0 : outbox->next_id;
        ef_status status = ef_frame_write(out, cap, topic, id, (const char *)p + HEAD + topic_len, ef_get_u16(p) - HEAD - topic_len, len);
        if (status != EF_OK || id == 0) {
            remove_at(outbox, at);
            return status;
        }
        outbox->next_id++;
        ef_put_u32(p + 4, id);
        ef_put_u64(p + 8, (uint64_t)now_ms);
        return EF_OK;
    }
    return EF_NOT_FOUND;
}

bool ef_outbox_acknowledge(ef_outbox *outbox, uint32_t id)
{
    for (size_t at = 0; at < outbox->used; at += ef_get_u16(outbox->bytes + at)) {
        if (ef_get_u32(outbox->bytes + at + 4) != id || id == 0)
            continue;
        remove_at(outbox, at);
        return true;
    }
    return false;
}

void ef_outbox_restart(ef_outbox *outbox)
{
    outbox->next_id = 1;
    for (size_t at = 0; at < outbox->used; at += ef_get_u16(outbox->bytes + at))
        ef_put_u32(outbox->bytes + at + 4, 0);
}

bool ef_outbox_overdue(const ef_outbox *outbox, int64_t now_ms)
{
    for (size_t at = 0; at < outbox->used; at += ef_get_u16(outbox->bytes + at))
        if (ef_get_u32(outbox->bytes + at + 4) != 0 && now_ms - (int64_t)ef_get_u64(outbox->bytes + at + 8) >= EF_FRAME_ACK_MS)
            return true;
    return false;
}

uint32_t ef_outbox_count(const ef_outbox *outbox)
{
    uint32_t count = 0;
    for (size_t at = 0; at < outbox->used; at += ef_get_u16(outbox->bytes + at))
        count += outbox->bytes[at + 2] != 0;
    return count;
}

void ef_outbox_drop_first(ef_outbox *outbox)
{
    if (outbox->used > 0)
        remove_at(outbox, 0);
}
