#include "espforge/ef_frame.h"

#include <string.h>

static ef_status read_id(const ef_json *json, const char *name, uint32_t *id)
{
    ef_json value;
    int64_t number = 0;
    ef_status status = ef_json_member(json, name, &value);
    if (status == EF_OK)
        status = ef_json_int(&value, &number);
    if (status == EF_OK && (number < 1 || number > INT32_MAX))
        status = EF_MALFORMED;
    *id = status == EF_OK ? (uint32_t)number : 0;
    return status;
}

ef_status ef_frame_read(const char *text, size_t len, ef_frame *out)
{
    ef_json json, value;
    memset(out, 0, sizeof *out);
    if (len > EF_FRAME_BYTES || ef_json_open(&json, text, len) != EF_OK)
        return EF_MALFORMED;
    ef_status status = read_id(&json, "ack", &out->id);
    if (status != EF_NOT_FOUND) {
        out->kind = EF_FRAME_ACK;
        return status == EF_OK ? EF_OK : EF_MALFORMED;
    }
    out->kind = EF_FRAME_MESSAGE;
    status = read_id(&json, "id", &out->id);
    if (status != EF_OK && status != EF_NOT_FOUND)
        return EF_MALFORMED;
    if (ef_json_member(&json, "topic", &value) != EF_OK || ef_json_string(&value, out->topic, sizeof out->topic) != EF_OK ||
        ef_json_member(&json, "body", &out->body) != EF_OK || out->body.len == 0 || out->body.text[0] != '{')
        return EF_MALFORMED;
    return EF_OK;
}

ef_status ef_frame_write(char *out, size_t cap, const char *topic, uint32_t id, const char *body, size_t body_len, size_t *len)
{
    ef_json_writer w;
    ef_json_begin(&w, out, cap);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "topic", topic);
    if (id != 0)
        ef_json_put_int(&w, "id", id);
    ef_json_put_raw(&w, "body", body, body_len);
    ef_json_object_end(&w);
    return ef_json_end(&w, len);
}

ef_status ef_frame_write_ack(char *out, size_t cap, uint32_t id, size_t *len)
{
    ef_json_writer w;
    ef_json_begin(&w, out, cap);
    ef_json_object(&w, NULL);
    ef_json_put_int(&w, "ack", id);
    ef_json_object_end(&w);
    return ef_json_end(&w, len);
}
