/* What the portal answers to what. */
#include "espforge/ef_portal.h"

#include <stdio.h>
#include <string.h>

#include "ef_parts.h"
#include "ef_portal_page.h"
#include "ef_wipe.h"

static const struct {
    uint16_t status;
    const char *line;
} statuses[] = {
    {200, "200 OK"},
    {302, "302 Found"},
    {303, "303 See Other"},
    {400, "400 Bad Request"},
    {403, "403 Forbidden"},
    {404, "404 Not Found"},
    {405, "405 Method Not Allowed"},
    {409, "409 Conflict"},
    {411, "411 Length Required"},
    {413, "413 Content Too Large"},
    {414, "414 URI Too Long"},
    {415, "415 Unsupported Media Type"},
    {422, "422 Unprocessable Content"},
    {431, "431 Request Header Fields Too Large"},
    {501, "501 Not Implemented"},
    {505, "505 HTTP Version Not Supported"},
};

/* What Android, iOS, Windows, Firefox and Linux desktops ask to see whether a network leads to the internet. */
static const char *const probes[] = {
    "/generate_204", "/gen_204",     "/hotspot-detect.html", "/library/test/success.html", "/connecttest.txt",         "/ncsi.txt",
    "/redirect",     "/success.txt", "/canonical.html",      "/nm-check.txt",              "/check_network_status.txt",
};

void ef_portal_begin(ef_portal *p, ef_agent *agent, const char *address)
{
    memset(p, 0, sizeof *p);
    p->agent = agent;
    p->address = address;
    p->notice = "";
    ef_http_begin(&p->request);
}

static void answer(ef_portal *p, ef_answer what, uint16_t status)
{
    p->answer = (uint8_t)what;
    p->status = status;
}

static void token_text(const ef_agent *a, char out[2 * EF_PROVISION_TOKEN_BYTES + 1])
{
    (void)ef_hex_encode(a->provision->token, sizeof a->provision->token, out, 2 * EF_PROVISION_TOKEN_BYTES + 1);
}

static bool token_fits(const ef_agent *a, const char *given)
{
    char expected[2 * EF_PROVISION_TOKEN_BYTES + 1];
    unsigned difference = 0;
    token_text(a, expected);
    if (strlen(given) != sizeof expected - 1)
        return false;
    for (size_t i = 0; i < sizeof expected - 1; i++)
        difference |= (unsigned)(expected[i] ^ given[i]);
    return difference == 0;
}

static void refused(ef_portal *p, uint16_t status, const char *notice)
{
    p->notice = notice;
    answer(p, EF_ANSWER_PAGE, status);
}

static void join(ef_portal *p)
{
    const ef_http_request *r = &p->request;
    char token[2 * EF_PROVISION_TOKEN_BYTES + 1];
    ef_wifi wifi;
    if (!r->is_form) {
        answer(p, EF_ANSWER_ERROR, 415);
        return;
    }
    ef_status status = ef_http_form(r->body, r->body_len, "token", token, sizeof token);
    if (status != EF_OK || p->agent->provision->state == EF_PROVISION_IDLE || !token_fits(p->agent, token)) {
        refused(p, 403, "This page was out of date. Please try again.");
        return;
    }
    status = ef_http_form(r->body, r->body_len, "ssid", wifi.ssid, sizeof wifi.ssid);
    if (status == EF_NOT_FOUND || (status == EF_OK && wifi.ssid[0] == 0))
        status = ef_http_form(r->body, r->body_len, "other", wifi.ssid, sizeof wifi.ssid);
    if (status != EF_OK || wifi.ssid[0] == 0) {
        refused(p, 422, "Choose a network. A name has 1 to 32 characters.");
        return;
    }
    status = ef_http_form(r->body, r->body_len, "password", wifi.password, sizeof wifi.password);
    if (status == EF_NOT_FOUND)
        status = EF_OK; /* an open network; the buffer is empty */
    if (status == EF_OK)
        status = ef_provision_join(p->agent, wifi.ssid, wifi.password);
    ef_wipe(&wifi, sizeof wifi);
    if (status == EF_OK)
        answer(p, EF_ANSWER_REDIRECT, 303);
    else if (status == EF_AGAIN)
        refused(p, 409, "The device is joining a network already.");
    else if (status == EF_NOT_FOUND)
        refused(p, 403, ef_provision_sentence(p->agent));
    else
        refused(p, 422, "A password has 8 to 63 characters, without accents; an open network has none.");
}

static bool is_probe(const char *path)
{
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
        if (strcmp(path, probes[i]) == 0)
            return true;
    return false;
}

static void route(ef_portal *p)
{
    const ef_http_request *r = &p->request;
    if (r->status != 200) {
        answer(p, EF_ANSWER_ERROR, r->status);
    } else if (strcmp(r->host, p->address) != 0) {
        /* Somebody looks for another site, so this is a captive portal's moment; or another site looks for us (DNS rebinding), and gets nothing. */
        if (r->method == EF_HTTP_POST)
            answer(p, EF_ANSWER_ERROR, 403);
        else
            answer(p, EF_ANSWER_REDIRECT, 302);
    } else if (r->method == EF_HTTP_POST) {
        if (strcmp(r->path, "/join") == 0)
            join(p);
        else
            answer(p, EF_ANSWER_ERROR, 405);
    } else if (strcmp(r->path, "/") == 0) {
        ef_provision_scan(p->agent);
        answer(p, EF_ANSWER_PAGE, 200);
    } else if (strcmp(r->path, "/networks") == 0) {
        ef_provision_scan(p->agent);
        answer(p, EF_ANSWER_NETWORKS, 200);
    } else if (strcmp(r->path, "/state") == 0) {
        answer(p, EF_ANSWER_STATE, 200);
    } else if (strcmp(r->path, "/join") == 0 || is_probe(r->path)) {
        answer(p, EF_ANSWER_REDIRECT, 302);
    } else {
        answer(p, EF_ANSWER_ERROR, 404);
    }
}

bool ef_portal_feed(ef_portal *p, const uint8_t *data, size_t len)
{
    if (p->status != 0)
        return true;
    if (!ef_http_feed(&p->request, data, len))
        return false;
    uint8_t nonce[8];
    p->agent->port->random(p->agent->port->ctx, nonce, sizeof nonce);
    (void)ef_hex_encode(nonce, sizeof nonce, p->nonce, sizeof p->nonce);
    route(p);
    ef_wipe(p->request.body, sizeof p->request.body);
    return true;
}

static void put(ef_portal *p, const char *text)
{
    size_t len = strlen(text), room = sizeof p->item - p->item_len;
    if (len > room)
        len = room;
    memcpy(p->item + p->item_len, text, len);
    p->item_len = (uint16_t)(p->item_len + len);
}

/* Text into HTML, between tags or in a quoted attribute. */
static void put_escaped(ef_portal *p, const char *text)
{
    for (; *text != 0; text++) {
        const char one[2] = {*text, 0};
        put(p, *text == '&'    ? "&amp;"
               : *text == '<'  ? "&lt;"
               : *text == '>'  ? "&gt;"
               : *text == '"'  ? "&#34;"
               : *text == '\'' ? "&#39;"
                               : one);
    }
}

static const char *security_name(ef_wifi_security security)
{
    static const char *const names[] = {"open", "WEP", "WPA", "WPA2"};
    return names[security];
}

static void put_row(ef_portal *p, const ef_heard *heard)
{
    char meta[48];
    bool again = strcmp(p->agent->provision->wifi.ssid, heard->ssid) == 0; /* tried before: most likely again, with another password */
    put(p, again ? "<label class=n><input type=radio name=ssid required checked value='" : "<label class=n><input type=radio name=ssid required value='");
    put_escaped(p, heard->ssid);
    put(p, "'><span>");
    put_escaped(p, heard->ssid);
    (void)snprintf(meta, sizeof meta, "</span><i>%s \xC2\xB7 %d dBm</i></label>", security_name(heard->security), heard->rssi_dbm);
    put(p, meta);
}

static void put_json(ef_portal *p, const ef_heard *heard)
{
    ef_json_writer w;
    size_t len = 0;
    if (p->repeat++ > 0)
        p->item[p->item_len++] = ',';
    ef_json_begin(&w, p->item + p->item_len, sizeof p->item - p->item_len);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "ssid", heard->ssid);
    ef_json_put_int(&w, "rssiDbm", heard->rssi_dbm);
    ef_json_put_string(&w, "security", security_name(heard->security));
    ef_json_object_end(&w);
    if (ef_json_end(&w, &len) == EF_OK)
        p->item_len = (uint16_t)(p->item_len + len);
}

static void put_state(ef_portal *p)
{
    const ef_agent *a = p->agent;
    ef_json_writer w;
    size_t len = 0;
    ef_json_begin(&w, p->item, sizeof p->item);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "state", ef_provision_state_name(a->provision->state));
    ef_json_put_string(&w, "reason", a->provision->state == EF_PROVISION_FAILED ? ef_provision_reason_name(a->provision->reason) : "");
    ef_json_put_string(&w, "message", ef_provision_sentence(a));
    ef_json_put_string(&w, "pairingCode", ef_provision_pairing_code(a));
    ef_json_put_bool(&w, "claimed", a->identity.present);
    ef_json_object_end(&w);
    if (ef_json_end(&w, &len) == EF_OK)
        p->item_len = (uint16_t)len;
}

/* Fills a hole, or the next piece of one that repeats; false when there is no more to say. */
static bool fill(ef_portal *p, ef_hole hole)
{
    const ef_agent *a = p->agent;
    const ef_provision_state state = a->provision->state;
    char token[2 * EF_PROVISION_TOKEN_BYTES + 1];
    ef_heard heard;
    p->item_at = p->item_len = 0;
    if (hole == EF_HOLE_ROWS || hole == EF_HOLE_NETWORKS_JSON) {
        if (ef_provision_heard(p->agent, &p->cursor, &heard) != EF_OK)
            return false;
        if (hole == EF_HOLE_ROWS)
            put_row(p, &heard);
        else
            put_json(p, &heard);
        return true;
    }
    switch (hole) {
    case EF_HOLE_STATUS:
        for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
            if (statuses[i].status == p->status)
                put(p, statuses[i].line);
        break;
    case EF_HOLE_ADDRESS:
        put(p, p->address);
        break;
    case EF_HOLE_NONCE:
        put(p, p->nonce);
        break;
    case EF_HOLE_PRODUCT:
        put_escaped(p, a->config.product);
        break;
    case EF_HOLE_HARDWARE:
        put_escaped(p, a->config.hardware_id);
        break;
    case EF_HOLE_VERSION:
        put_escaped(p, a->config.version);
        break;
    case EF_HOLE_STATE:
        put(p, ef_provision_state_name(state));
        break;
    case EF_HOLE_SENTENCE:
        put_escaped(p, ef_provision_sentence(a));
        break;
    case EF_HOLE_REFRESH: /* where the page would otherwise stand still */
        if (state == EF_PROVISION_JOINING || (state == EF_PROVISION_JOINED && !a->identity.present))
            put(p, "<noscript><meta http-equiv=refresh content='3;url=/'></noscript>");
        break;
    case EF_HOLE_NOTICE:
        put_escaped(p, p->notice);
        break;
    case EF_HOLE_TOKEN:
        token_text(a, token);
        put(p, token);
        break;
    case EF_HOLE_CODE_HIDDEN:
        put(p, ef_provision_pairing_code(a)[0] == 0 ? " hidden" : "");
        break;
    case EF_HOLE_CODE:
        put(p, ef_provision_pairing_code(a));
        break;
    default: /* EF_HOLE_STATE_JSON */
        put_state(p);
        break;
    }
    return true;
}

/* The head alone is the answer to HEAD. */
static uint8_t part_count(const ef_portal *p)
{
    const ef_page *page = &ef_pages[p->answer];
    return p->request.method == EF_HTTP_HEAD ? page->head_parts : page->count;
}

size_t ef_portal_read(ef_portal *p, uint8_t *out, size_t cap)
{
    size_t done = 0;
    while (p->status != 0 && done < cap) {
        const char *from;
        size_t left;
        if (p->item_at < p->item_len) {
            from = p->item + p->item_at;
            left = (size_t)(p->item_len - p->item_at);
        } else if (p->part == part_count(p)) {
            break;
        } else {
            const ef_page_part *part = &ef_pages[p->answer].parts[p->part];
            from = part->text + p->text_at;
            left = strlen(from);
            if (left == 0) {
                bool repeats = part->hole == EF_HOLE_ROWS || part->hole == EF_HOLE_NETWORKS_JSON;
                bool was_filled = p->in_hole;
                p->in_hole = true;
                if (part->hole == EF_HOLE_NONE || (was_filled && !repeats) || !fill(p, part->hole)) {
                    p->item_at = p->item_len = 0;
                    p->in_hole = false;
                    p->text_at = 0;
                    p->part++;
                }
                continue;
            }
        }
        size_t n = left < cap - done ? left : cap - done;
        memcpy(out + done, from, n);
        done += n;
        if (p->item_at < p->item_len)
            p->item_at = (uint16_t)(p->item_at + n);
        else
            p->text_at = (uint16_t)(p->text_at + n);
    }
    return done;
}
