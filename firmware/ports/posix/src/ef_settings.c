#include "ef_settings.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ef_faults.h"
#include "ef_played_hardware.h"

void ef_settings_usage(FILE *out)
{
    (void)fputs("usage: ef_bootloader --state DIR --server URL [options]\n"
                "\n"
                "A virtual device: boots the image in the state directory's chosen slot and keeps it running.\n"
                "\n"
                "first start, with an empty state directory:\n"
                "  --factory FILE           host image (.efi) for slot a\n"
                "  --hardware-id ID         3-64 of A-Z a-z 0-9 - _ : .\n"
                "  --product NAME           1-63 of a-z 0-9 - _ .\n"
                "  --chip NAME              such as esp32c3\n"
                "  --board NAME             optional\n"
                "  --slot-size BYTES        a multiple of 4096 (default 8388608)\n"
                "every start:\n"
                "  --poll-ms N              between two questions for an update (default 1000)\n"
                "  --telemetry-ms N         between two samples, 0 = none (default 10000)\n"
                "  --soak-ms N              a new image runs this long before it is confirmed (default 5000)\n"
                "  --confirm-timeout-ms N   a new image that is not confirmed by then is left (default 60000)\n"
                "  --rssi-dbm N             play a radio whose signal wanders around -120 to -1 dBm (default: none, nothing is reported)\n"
                "  --hardware LIST          play a chip: revision=3.1,package=ESP32-PICO-V3-02,flash=BYTES,flash-mode=qio|qout|dio|dout|opi,psram=BYTES,\n"
                "                           psram-mode=none|quad|octal|hex (default: none, nothing is reported)\n"
                "  --ca FILE                PEM certificates to trust for https instead of the system's\n"
                "  --pin sha256//BASE64     key the host must have, several separated by ';' (then without mqtts and wss, which cannot be checked)\n"
                "  --links LIST             message links in the order they are tried: mqtt,websocket (default), one of them, or none\n"
                "  --mqtt-url URL           mqtt:// or mqtts://, instead of the claim's\n"
                "  --ws-url URL             ws:// or wss://, instead of the claim's\n"
                "  --heartbeat-ms N         between two statuses (default 60000)\n"
                "  --telemetry-batch N      samples sent at once (default 1)\n"
                "  --sleep-ms N             deep sleep between two wakes (default: none)\n"
                "  --awake-ms N             longest wake when the host is not reached (default 30000)\n"
                "  --fault LIST             a bad network: loss=PERCENT,delay=MS,cut=BYTES,captive,seed=N\n"
                "  --radio FILE             play a room of Wi-Fi networks, a line each: name TAB dBm TAB password; the device must be given one of them\n"
                "  --portal PORT            the page that gives it one, on 127.0.0.1 (0 = any free port; PORTAL says which)\n"
                "  --provision-socket PATH  a Unix socket that speaks Improv, as the serial line of a device does\n"
                "  --follow-stdin           end when stdin ends\n"
                "  --verbose                debug lines\n",
                out);
}

static bool chars_are(const char *text, const char *extra, bool upper, size_t min, size_t max)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z') || strchr(extra, c) != NULL;
        if (!ok)
            return false;
    }
    return len >= min && len <= max;
}

static bool hardware_id_is_good(const char *t)
{
    return chars_are(t, "-_:.", true, 3, 64);
}

static bool product_is_good(const char *t)
{
    return chars_are(t, "-_.", false, 1, 63) && strchr("-_.", t[0]) == NULL;
}

static bool chip_is_good(const char *t)
{
    return chars_are(t, "", false, 1, 15);
}

static bool board_is_good(const char *t)
{
    return chars_are(t, "-_:. ", true, 0, 64);
}

static bool server_is_good(const char *t)
{
    size_t len = strlen(t);
    bool known = strncmp(t, "http://", 7) == 0 || strncmp(t, "https://", 8) == 0;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)t[i] <= ' ' || t[i] == 0x7F)
            return false;
    return known && len <= 255;
}

static bool number(const char *text, uint32_t max, uint32_t *out)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != 0 || errno != 0 || value > max)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool copy(char *out, size_t cap, const char *text, bool (*good)(const char *))
{
    if (!good(text) || strlen(text) >= cap)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool read_links(const char *text, ef_link links[EF_LINKS])
{
    static const struct {
        const char *text;
        ef_link links[EF_LINKS];
    } orders[] = {
        {"mqtt,websocket", {EF_LINK_MQTT, EF_LINK_WEBSOCKET}}, {"websocket,mqtt", {EF_LINK_WEBSOCKET, EF_LINK_MQTT}},
        {"mqtt", {EF_LINK_MQTT, EF_LINK_HTTP}},                {"websocket", {EF_LINK_WEBSOCKET, EF_LINK_HTTP}},
        {"none", {EF_LINK_HTTP, EF_LINK_HTTP}},
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (strcmp(text, orders[i].text) != 0)
            continue;
        memcpy(links, orders[i].links, sizeof orders[i].links);
        return true;
    }
    return false;
}

static bool read_reset(const char *text, ef_reset *reset)
{
    static const char *const names[] = {"unknown", "power-on", "software", "panic", "watchdog", "brownout", "deep-sleep"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *reset = (ef_reset)i;
        return true;
    }
    return false;
}

static bool url_is_good(const char *t, const char *plain, const char *secure)
{
    return (strncmp(t, plain, strlen(plain)) == 0 || strncmp(t, secure, strlen(secure)) == 0) && strlen(t) <= EF_LINK_URL_CHARS &&
           strpbrk(t, " \t\r\n") == NULL;
}

/* The options of the message link, of sleep and of faults. *known: it is one of them. */
static bool read_link_option(ef_settings *s, const char *name, const char *value, bool is_image, bool *known)
{
    const uint32_t week_ms = 7u * 24u * 3600u * 1000u;
    ef_faults faults;
    *known = true;
    if (strcmp(name, "--pin") == 0)
        return s->pins = value, strncmp(value, "sha256//", 8) == 0;
    if (strcmp(name, "--links") == 0)
        return read_links(value, s->links);
    if (strcmp(name, "--mqtt-url") == 0)
        return s->mqtt_url = value, url_is_good(value, "mqtt://", "mqtts://");
    if (strcmp(name, "--ws-url") == 0)
        return s->web_socket_url = value, url_is_good(value, "ws://", "wss://");
    if (strcmp(name, "--heartbeat-ms") == 0)
        return number(value, week_ms, &s->heartbeat_ms) && s->heartbeat_ms >= 100;
    if (strcmp(name, "--telemetry-batch") == 0)
        return number(value, 64, &s->telemetry_batch) && s->telemetry_batch >= 1;
    if (strcmp(name, "--sleep-ms") == 0)
        return number(value, week_ms, &s->sleep_ms) && s->sleep_ms >= 100;
    if (strcmp(name, "--awake-ms") == 0)
        return number(value, week_ms, &s->awake_ms) && s->awake_ms >= 100;
    if (strcmp(name, "--fault") == 0)
        return s->faults = value, ef_faults_parse(&faults, value);
    if (strcmp(name, "--reset") == 0 && is_image)
        return read_reset(value, &s->reset);
    *known = false;
    return true;
}

bool ef_settings_parse(ef_settings *s, int argc, char **argv, bool is_image, char *error, size_t error_cap)
{
    const uint32_t day_ms = 24u * 3600u * 1000u;
    memset(s, 0, sizeof *s);
    s->poll_ms = 1000;
    s->telemetry_ms = 10000;
    s->soak_ms = 5000;
    s->confirm_timeout_ms = 60000;
    s->links[0] = EF_LINK_MQTT;
    s->links[1] = EF_LINK_WEBSOCKET;
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(name, "--follow-stdin") == 0) {
            s->follow_stdin = true;
            continue;
        }
        if (strcmp(name, "--verbose") == 0) {
            s->verbose = true;
            continue;
        }
        if (strncmp(name, "--", 2) != 0 || value == NULL) {
            (void)snprintf(error, error_cap, "%s %s", name, value == NULL ? "needs a value" : "is not an option");
            return false;
        }
        i++;
        bool known = false, ok = read_link_option(s, name, value, is_image, &known);
        if (known)
            ; /* it was read */
        else if (strcmp(name, "--state") == 0)
            s->state_dir = value;
        else if (strcmp(name, "--server") == 0)
            ok = server_is_good(value), s->server_url = value;
        else if (strcmp(name, "--ca") == 0)
            s->ca_file = value;
        else if (strcmp(name, "--factory") == 0)
            s->factory_image = value;
        else if (strcmp(name, "--hardware-id") == 0)
            ok = copy(s->hardware_id, sizeof s->hardware_id, value, hardware_id_is_good);
        else if (strcmp(name, "--product") == 0)
            ok = copy(s->product, sizeof s->product, value, product_is_good);
        else if (strcmp(name, "--chip") == 0)
            ok = copy(s->chip, sizeof s->chip, value, chip_is_good);
        else if (strcmp(name, "--board") == 0)
            ok = copy(s->board, sizeof s->board, value, board_is_good);
        else if (strcmp(name, "--poll-ms") == 0)
            ok = number(value, day_ms, &s->poll_ms) && s->poll_ms >= 10;
        else if (strcmp(name, "--telemetry-ms") == 0)
            ok = number(value, day_ms, &s->telemetry_ms) && (s->telemetry_ms == 0 || s->telemetry_ms >= 10);
        else if (strcmp(name, "--soak-ms") == 0)
            ok = number(value, day_ms, &s->soak_ms);
        else if (strcmp(name, "--confirm-timeout-ms") == 0)
            ok = number(value, day_ms, &s->confirm_timeout_ms) && s->confirm_timeout_ms >= 100;
        else if (strcmp(name, "--rssi-dbm") == 0) {
            uint32_t below_zero = 0;
            ok = value[0] == '-' && number(value + 1, 120, &below_zero) && below_zero > 0;
            s->rssi_dbm = -(int32_t)below_zero;
        }
        else if (strcmp(name, "--hardware") == 0)
            ok = ef_played_hardware(value, &s->hardware), s->has_hardware = true;
        else if (strcmp(name, "--radio") == 0)
            s->radio_file = value;
        else if (strcmp(name, "--provision-socket") == 0)
            s->provision_socket = value;
        else if (strcmp(name, "--portal") == 0)
            ok = number(value, 65535, &s->portal_port), s->has_portal = true;
        else if (strcmp(name, "--slot-size") == 0)
            ok = number(value, INT_MAX, &s->slot_size_bytes) && s->slot_size_bytes > 0 && s->slot_size_bytes % 4096 == 0;
        else if (strcmp(name, "--slot") == 0 && is_image)
            ok = strcmp(value, "a") == 0 || strcmp(value, "b") == 0, s->slot = strcmp(value, "b") == 0;
        else if (!is_image) {
            (void)snprintf(error, error_cap, "%s is not an option", name);
            return false;
        }
        if (!ok) {
            (void)snprintf(error, error_cap, "%s: '%.80s' is not allowed", name, value);
            return false;
        }
    }
    if (s->state_dir == NULL || s->server_url == NULL) {
        (void)snprintf(error, error_cap, "%s is missing", s->state_dir == NULL ? "--state" : "--server");
        return false;
    }
    if ((s->has_portal || s->provision_socket != NULL) && s->radio_file == NULL) {
        (void)snprintf(error, error_cap, "--portal and --provision-socket need --radio");
        return false;
    }
    if (s->confirm_timeout_ms <= s->soak_ms) {
        (void)snprintf(error, error_cap, "--confirm-timeout-ms must be more than --soak-ms");
        return false;
    }
    return true;
}

static bool identity_path(const ef_settings *s, const char *suffix, char *out, size_t cap)
{
    int n = snprintf(out, cap, "%s/device%s", s->state_dir, suffix);
    return n > 0 && (size_t)n < cap;
}

ef_status ef_settings_load_identity(ef_settings *s)
{
    char path[PATH_MAX], line[128];
    if (!identity_path(s, "", path, sizeof path))
        return EF_BAD_ARGUMENT;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return EF_NOT_FOUND;
    bool ok = true;
    s->hardware_id[0] = s->product[0] = s->chip[0] = s->board[0] = 0;
    while (ok && fgets(line, sizeof line, file) != NULL) {
        char *value = strchr(line, '=');
        line[strcspn(line, "\n")] = 0;
        if (value == NULL)
            continue;
        *value++ = 0;
        if (strcmp(line, "hardwareId") == 0)
            ok = copy(s->hardware_id, sizeof s->hardware_id, value, hardware_id_is_good);
        else if (strcmp(line, "product") == 0)
            ok = copy(s->product, sizeof s->product, value, product_is_good);
        else if (strcmp(line, "chip") == 0)
            ok = copy(s->chip, sizeof s->chip, value, chip_is_good);
        else if (strcmp(line, "board") == 0)
            ok = copy(s->board, sizeof s->board, value, board_is_good);
    }
    (void)fclose(file);
    return ok && s->hardware_id[0] != 0 && s->product[0] != 0 && s->chip[0] != 0 ? EF_OK : EF_MALFORMED;
}

ef_status ef_settings_save_identity(const ef_settings *s)
{
    char path[PATH_MAX], temporary[PATH_MAX];
    if (!identity_path(s, "", path, sizeof path) || !identity_path(s, ".new", temporary, sizeof temporary))
        return EF_BAD_ARGUMENT;
    FILE *file = fopen(temporary, "we");
    if (file == NULL)
        return EF_FLASH_FAILED;
    bool ok = fprintf(file, "hardwareId=%s\nproduct=%s\nchip=%s\nboard=%s\n", s->hardware_id, s->product, s->chip, s->board) > 0;
    ok = fflush(file) == 0 && fsync(fileno(file)) == 0 && ok;
    ok = fclose(file) == 0 && ok;
    return ok && rename(temporary, path) == 0 ? EF_OK : EF_FLASH_FAILED;
}
