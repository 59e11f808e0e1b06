#include "ef_played_hardware.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES_MAX (1u << 30)
#define FLASH_BYTES_MIN 65536u

static const char *const flash_modes[] = {"qio", "qout", "dio", "dout", "opi", NULL};
static const char *const psram_modes[] = {"none", "quad", "octal", "hex", NULL};

static bool read_text(const char *text, bool is_revision, char *out, size_t cap)
{
    size_t len = strlen(text);
    if (out[0] != 0 || len == 0 || len >= cap)
        return false;
    for (const char *p = text; *p != 0; p++)
        if (is_revision ? strchr("0123456789.", *p) == NULL : *p < ' ' || *p > '~')
            return false;
    memcpy(out, text, len + 1);
    return true;
}

static bool read_word(const char *text, const char *const words[], const char **out)
{
    if (*out != NULL)
        return false;
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = words[i];
            return true;
        }
    return false;
}

static bool read_bytes(const char *text, uint32_t least, uint32_t *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 10 || strspn(text, "0123456789") != len)
        return false;
    unsigned long long value = strtoull(text, NULL, 10);
    *out = (uint32_t)value;
    return value >= least && value <= MEMORY_BYTES_MAX;
}

static bool read_one(const char *name, const char *value, ef_hardware *out)
{
    if (strcmp(name, "revision") == 0)
        return read_text(value, true, out->chip_revision, sizeof out->chip_revision);
    if (strcmp(name, "package") == 0)
        return read_text(value, false, out->package, sizeof out->package);
    if (strcmp(name, "flash") == 0)
        return out->flash_bytes == 0 && read_bytes(value, FLASH_BYTES_MIN, &out->flash_bytes);
    if (strcmp(name, "flash-mode") == 0)
        return read_word(value, flash_modes, &out->flash_mode);
    if (strcmp(name, "psram-mode") == 0)
        return read_word(value, psram_modes, &out->psram_mode);
    if (strcmp(name, "psram") != 0 || out->has_psram_bytes)
        return false;
    out->has_psram_bytes = true;
    return read_bytes(value, 0, &out->psram_bytes);
}

bool ef_played_hardware(const char *text, ef_hardware *out)
{
    char copy[256];
    size_t len = strlen(text);
    memset(out, 0, sizeof *out);
    if (len >= sizeof copy)
        return false;
    memcpy(copy, text, len + 1);
    for (char *next = copy; next != NULL;) {
        char *name = next, *value;
        next = strchr(name, ',');
        if (next != NULL)
            *next++ = 0;
        value = strchr(name, '=');
        if (value == NULL)
            return false;
        *value++ = 0;
        if (!read_one(name, value, out))
            return false;
    }
    return true;
}
