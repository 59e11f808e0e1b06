/* The few response headers the agent reads. */
#include <string.h>

#include "ef_parts.h"

void ef_response_clear(ef_response *response)
{
    *response = (ef_response){.content_length = -1, .range_start = -1, .range_total = -1};
}

static bool is_name(const char *name, size_t len, const char *wanted)
{
    if (len != strlen(wanted))
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
        if (c != wanted[i])
            return false;
    }
    return true;
}

/* Digits at *at, which moves past them; -1 when there are none or too many. */
static int64_t digits(const char *text, size_t len, size_t *at)
{
    int64_t value = 0;
    size_t begin = *at;
    while (*at < len && text[*at] >= '0' && text[*at] <= '9' && *at - begin < 16)
        value = value * 10 + (text[(*at)++] - '0');
    return *at == begin || (*at < len && text[*at] >= '0' && text[*at] <= '9') ? -1 : value;
}

/* "bytes 4096-8191/20000" */
static void read_content_range(ef_response *response, const char *value, size_t len)
{
    size_t at = 6;
    if (len < at || memcmp(value, "bytes ", 6) != 0)
        return;
    int64_t start = digits(value, len, &at);
    if (start < 0 || at >= len || value[at++] != '-' || digits(value, len, &at) < start || at >= len || value[at++] != '/')
        return;
    int64_t total = digits(value, len, &at);
    if (total < 0 || at != len)
        return;
    response->range_start = start;
    response->range_total = total;
}

/* The strong entity tag of an image is its SHA-256; any other says nothing about it. */
static void read_etag(ef_response *response, const char *value, size_t len)
{
    size_t bytes;
    uint8_t hash[32];
    response->has_etag = len == 66 && value[0] == '"' && value[65] == '"' &&
                         ef_hex_decode(value + 1, 64, hash, sizeof hash, &bytes) == EF_OK;
    if (response->has_etag)
        memcpy(response->etag, hash, sizeof response->etag);
}

static void read_offer(ef_response *response, const char *value, size_t len)
{
    if (len != EF_OFFER_CHARS)
        return;
    for (size_t i = 0; i < len; i++)
        if (memchr("0123456789abcdef", value[i], 16) == NULL)
            return;
    memcpy(response->offer_id, value, len);
    response->offer_id[len] = 0;
}

void ef_response_header(ef_response *response, const char *name, size_t name_len, const char *value, size_t value_len)
{
    static const char names[] = "content-length\0retry-after\0espforge-keys\0content-range\0date\0etag\0espforge-offer\0";
    size_t at = 0;
    int which = 0;
    for (const char *n = names; *n != 0 && !is_name(name, name_len, n); n += strlen(n) + 1)
        which++;
    int64_t number = digits(value, value_len, &at);
    if (at != value_len)
        number = -1;
    int64_t positive = number > 0 ? number : 0;
    switch (which) {
    case 0: response->content_length = number; break;
    case 1: response->retry_after_s = positive > 86400 ? 86400 : (int32_t)positive; break;
    case 2: response->keys_generation = (uint64_t)positive; break;
    case 3: read_content_range(response, value, value_len); break;
    case 4: response->date_ms = ef_http_date_ms(value, value_len); break;
    case 5: read_etag(response, value, value_len); break;
    case 6: read_offer(response, value, value_len); break;
    default: break;
    }
}
