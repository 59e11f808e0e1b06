/* The few response headers the agent reads. */
#include <string.h>

#include "ef_parts.h"

void ef_response_clear(ef_response *response)
{
    *response = (ef_response){.content_length = -1, .range_start = -1, .range_total = -1};
}

typedef struct text {
    const char *at;
    size_t len;
} text;

/* A name of letters and hyphens, in either case. */
static bool is_name(text name, const char *wanted)
{
    for (; name.len > 0 && (name.at[0] | 0x20) == *wanted; name.len--, name.at++)
        wanted++;
    return name.len == 0 && *wanted == 0;
}

static bool take(text *t, const char *word)
{
    size_t len = strlen(word);
    if (t->len < len || memcmp(t->at, word, len) != 0)
        return false;
    *t = (text){t->at + len, t->len - len};
    return true;
}

/* A number of at most 16 digits. */
static bool take_number(text *t, uint64_t *value)
{
    size_t len = ef_digits(t->at, t->len, value);
    *t = (text){t->at + len, t->len - len};
    return len > 0 && len <= 16;
}

/* "bytes 4096-8191/20000" */
static void read_content_range(ef_response *response, text value)
{
    uint64_t start, last, total;
    if (!take(&value, "bytes ") || !take_number(&value, &start) || !take(&value, "-") || !take_number(&value, &last) || last < start ||
        !take(&value, "/") || !take_number(&value, &total) || value.len != 0)
        return;
    response->range_start = (int64_t)start;
    response->range_total = (int64_t)total;
}

/* The strong entity tag of an image is its SHA-256; any other says nothing about it. */
static void read_etag(ef_response *response, text value)
{
    size_t len;
    uint8_t hash[32];
    response->has_etag = value.len == 66 && value.at[0] == '"' && value.at[65] == '"' && ef_hex_decode(value.at + 1, 64, hash, sizeof hash, &len) == EF_OK;
    if (response->has_etag)
        memcpy(response->etag, hash, sizeof response->etag);
}

static void read_offer(ef_response *response, text value)
{
    response->offer_id[0] = 0;
    if (value.len != EF_OFFER_CHARS)
        return;
    memcpy(response->offer_id, value.at, EF_OFFER_CHARS);
    response->offer_id[EF_OFFER_CHARS] = 0;
    if (strspn(response->offer_id, "0123456789abcdef") != EF_OFFER_CHARS)
        response->offer_id[0] = 0;
}

void ef_response_header(ef_response *response, const char *name, size_t name_len, const char *value, size_t value_len)
{
    static const char names[] = "content-length\0retry-after\0espforge-keys\0content-range\0date\0etag\0espforge-offer\0";
    const text said = {value, value_len};
    int which = 0;
    for (const char *n = names; *n != 0 && !is_name((text){name, name_len}, n); n += strlen(n) + 1)
        which++;
    text rest = said;
    uint64_t number;
    bool is_number = take_number(&rest, &number) && rest.len == 0;
    if (!is_number)
        number = 0;
    switch (which) {
    case 0: response->content_length = is_number ? (int64_t)number : -1; break;
    case 1: response->retry_after_s = number > 86400 ? 86400 : (int32_t)number; break;
    case 2: response->keys_generation = number; break;
    case 3: read_content_range(response, said); break;
    case 4: response->date_ms = ef_http_date_ms(value, value_len); break;
    case 5: read_etag(response, said); break;
    case 6: read_offer(response, said); break;
    default: break;
    }
}
