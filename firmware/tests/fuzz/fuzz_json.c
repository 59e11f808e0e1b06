/* Any bytes as a JSON document; what opens is walked, and its strings are written and read again. */
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_string(const ef_json *value)
{
    char text[256], again[256], out[2048];
    if (ef_json_string(value, text, sizeof text) != EF_OK) return;
    ef_json_writer w;
    ef_json json, element;
    size_t len;
    ef_json_begin(&w, out, sizeof out);
    ef_json_array(&w, NULL);
    ef_json_put_string(&w, NULL, text);
    ef_json_array_end(&w);
    if (ef_json_end(&w, &len) != EF_OK || ef_json_open(&json, out, len) != EF_OK || ef_json_element(&json, 0, &element) != EF_OK) abort();
    if (ef_json_string(&element, again, sizeof again) != EF_OK || strcmp(text, again) != 0) abort();
}

static void check_value(const ef_json *value)
{
    int64_t number;
    ef_json inner;
    check_string(value);
    (void)ef_json_int(value, &number);
    (void)ef_json_is_null(value);
    (void)ef_json_member(value, "kid", &inner);
    (void)ef_json_element(value, 1, &inner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ef_json json, value;
    /* An unchecked view must be as safe as a checked one. */
    const ef_json unchecked = {(const char *)data, size};
    check_value(&unchecked);

    if (ef_json_open(&json, (const char *)data, size) == EF_OK) {
        for (size_t i = 0; i < 64 && ef_json_element(&json, i, &value) == EF_OK; i++) check_value(&value);
        static const char *const names[] = {"state", "deviceId", "trustedKeys", "a", ""};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (ef_json_member(&json, names[i], &value) == EF_OK) check_value(&value);
        }
    }

    if (size >= sizeof(double)) {
        double number, read;
        char out[64];
        memcpy(&number, data, sizeof number);
        ef_json_writer w;
        ef_json_begin(&w, out, sizeof out);
        ef_json_put_number(&w, NULL, number);
        if (ef_json_end(&w, NULL) != EF_OK) abort();
        read = strcmp(out, "null") == 0 ? 0 : strtod(out, NULL);
        if (strcmp(out, "null") != 0 && !(read >= number && read <= number)) abort();
    }
    return 0;
}
