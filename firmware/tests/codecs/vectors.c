#include "vectors.h"

#include <stdlib.h>
#include <string.h>

#include "espforge/ef_codec.h"
#include "suites.h"

FILE *vectors_open(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", EF_VECTORS_DIR, name);
    return fopen(path, "rb");
}

bool vectors_next(FILE *file, vector *out)
{
    static char line[VECTOR_LINE_MAX];
    size_t used = 0;
    out->count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t len = strlen(line);
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) line[--len] = '\0';
        if (line[0] == '#') continue;
        if (len == 0) {
            if (out->count > 0) return true;
            continue;
        }
        char *colon = strchr(line, ':');
        if (colon == NULL || out->count == VECTOR_PAIRS_MAX || used + len + 2 > sizeof out->storage) {
            (void)fprintf(stderr, "not a vector line: %s\n", line);
            abort();
        }
        memcpy(out->storage + used, line, len + 1);
        char *key = out->storage + used;
        char *value = key + (colon - line);
        *value++ = '\0';
        while (*value == ' ') value++;
        out->keys[out->count] = key;
        out->values[out->count++] = value;
        used += len + 1;
    }
    return out->count > 0;
}

const char *vector_text(const vector *v, const char *key)
{
    for (size_t i = 0; i < v->count; i++) {
        if (strcmp(v->keys[i], key) == 0) return v->values[i];
    }
    fail_msg("%s: no %s", v->count > 0 ? v->values[0] : "?", key);
    return "";
}

uint64_t vector_number(const vector *v, const char *key)
{
    char *end;
    const char *text = vector_text(v, key);
    const uint64_t value = strtoull(text, &end, 10);
    if (end == text || *end != '\0') fail_msg("%s: %s is no number: %s", v->values[0], key, text);
    return value;
}

size_t vector_hex(const vector *v, const char *key, uint8_t *out, size_t cap)
{
    const char *text = vector_text(v, key);
    size_t len = 0;
    if (ef_hex_decode(text, strlen(text), out, cap, &len) != EF_OK) fail_msg("%s: %s is no hex of at most %zu bytes", v->values[0], key, cap);
    return len;
}
