#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../codecs/suites.h"
#include "espforge/ef_codec.h"
#include "espforge/ef_portal.h"
#include "room.h"

#define ADDRESS "192.168.4.1"

static room r;
static ef_portal portal;
static char answer[16384];
static size_t answer_len;

static int set_up(void **state)
{
    (void)state;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "correct horse", -48, false};
    r.networks[1] = (room_network){"<script>alert('x')</script>&\"", "12345678", -60, false};
    r.networks[2] = (room_network){"Guest", "", -71, false};
    room_boot(&r);
    room_run(&r, 1000);
    return 0;
}

/* The answer to `text`, read in pieces of `piece` bytes; 0 when no answer is ready. */
static int ask_in(const char *text, size_t piece)
{
    size_t len = strlen(text);
    bool ready = false;
    ef_portal_begin(&portal, &r.agent, ADDRESS);
    for (size_t at = 0; at < len && !ready; at += piece)
        ready = ef_portal_feed(&portal, (const uint8_t *)text + at, len - at < piece ? len - at : piece);
    answer_len = 0;
    for (size_t n; (n = ef_portal_read(&portal, (uint8_t *)answer + answer_len, piece)) > 0;)
        answer_len += n;
    answer[answer_len] = 0;
    assert_int_equal(ready, answer_len > 0);
    return ready ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static int ask(const char *text)
{
    return ask_in(text, 4096);
}

static int get(const char *path)
{
    char text[512];
    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n", path);
    return ask(text);
}

static int post(const char *path, const char *body)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "POST %s HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s", path,
                   strlen(body), body);
    return ask(text);
}

static const char *token(void)
{
    static char text[64];
    assert_int_equal(ef_hex_encode(r.agent.provision->token, EF_PROVISION_TOKEN_BYTES, text, sizeof text), EF_OK);
    return text;
}

static int join(const char *fields)
{
    char body[512];
    (void)snprintf(body, sizeof body, "token=%s&%s", token(), fields);
    return post("/join", body);
}

static bool has(const char *text)
{
    return strstr(answer, text) != NULL;
}

static void the_page_is_small_whole_and_escapes_what_it_shows(void **state)
{
    (void)state;
    assert_int_equal(get("/"), 200);
    print_message("[ SIZE     ] the page with three networks: %zu bytes\n", answer_len);
    assert_true(answer_len < 8192);
    assert_true(has("Content-Security-Policy: default-src 'none'"));
    assert_true(has("X-Frame-Options: DENY"));
    assert_true(has("Cache-Control: no-store"));
    assert_true(has("X-Content-Type-Options: nosniff"));
    assert_true(has("<h1>lamp</h1>"));
    assert_true(has("HW:01"));
    assert_true(has("value='Workshop'"));
    assert_true(has("WPA2 \xC2\xB7 -48 dBm"));
    assert_true(has("open \xC2\xB7 -71 dBm"));
    assert_true(has("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#34;"));
    assert_false(has("<script>alert"));
    assert_false(has("://")); /* nothing from elsewhere */
    assert_true(has(token()));
    assert_true(has("data-state=waiting>"));
    assert_true(has("</html>"));
    static char whole[sizeof answer];
    memcpy(whole, strstr(answer, "</style>"), 1500);
    size_t len = answer_len;
    const size_t pieces[] = {1, 7, 640, 1460};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        assert_int_equal(ask_in("GET / HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n", pieces[i]), 200);
        assert_int_equal(answer_len, len);
        assert_memory_equal(strstr(answer, "</style>"), whole, 1500);
    }
}

static void the_nonce_is_new_every_time(void **state)
{
    (void)state;
    char first[17];
    (void)get("/");
    memcpy(first, portal.nonce, sizeof first);
    (void)get("/");
    assert_string_not_equal(first, portal.nonce);
    char use[64];
    (void)snprintf(use, sizeof use, "<script nonce=%s>", portal.nonce);
    assert_true(has(use));
}

static void head_gets_the_head(void **state)
{
    (void)state;
    assert_int_equal(ask("HEAD / HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n"), 200);
    assert_false(has("<html"));
    assert_string_equal(answer + answer_len - 4, "\r\n\r\n");
    assert_int_equal(ask("HEAD /networks HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n"), 200);
    assert_false(has("ssid"));
}

static void probes_of_every_system_are_led_to_the_page(void **state)
{
    (void)state;
    const char *const probes[] = {"/generate_204", "/gen_204", "/hotspot-detect.html", "/library/test/success.html", "/connecttest.txt", "/ncsi.txt",
                                  "/redirect", "/success.txt", "/success.txt?ipv4", "/canonical.html", "/nm-check.txt", "/check_network_status.txt"};
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        assert_int_equal(get(probes[i]), 302);
        assert_true(has("\r\nLocation: http://" ADDRESS "/\r\n"));
        char text[256];
        (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: connectivitycheck.example\r\n\r\n", probes[i]);
        assert_int_equal(ask(text), 302);
    }
    assert_int_equal(get("/favicon.ico"), 404);
    assert_int_equal(get("/join"), 302);
}

static void another_host_reads_and_writes_nothing(void **state)
{
    (void)state;
    const char *const paths[] = {"/", "/networks", "/state"};
    for (size_t i = 0; i < 3; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: rebound.example\r\n\r\n", paths[i]);
        assert_int_equal(ask(text), 302);
        assert_false(has("Workshop"));
    }
    char text[512], body[256];
    (void)snprintf(body, sizeof body, "token=%s&ssid=Guest", token());
    (void)snprintf(text, sizeof text,
                   "POST /join HTTP/1.1\r\nHost: rebound.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
    assert_int_equal(ask(text), 403);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    assert_int_equal(ask("GET / HTTP/1.1\r\nHost: 192.168.4.1 \t\r\n\r\n"), 200);
    assert_int_equal(ask("GET / HTTP/1.1\r\nhOsT:192.168.4.1\r\n\r\n"), 200);
}

static void a_form_without_the_page_s_token_is_not_taken(void **state)
{
    (void)state;
    assert_int_equal(post("/join", "ssid=Workshop&password=correct+horse"), 403);
    assert_true(has("out of date"));
    assert_int_equal(post("/join", "token=00000000000000000000000000000000&ssid=Workshop&password=correct+horse"), 403);
    assert_int_equal(post("/join", "token=0&ssid=Workshop&password=correct+horse"), 403);
    char old[512];
    (void)snprintf(old, sizeof old, "token=%s&ssid=Workshop&password=correct+horse", token());
    ef_provision_close(&r.agent);
    assert_int_equal(post("/join", "token=00000000000000000000000000000000&ssid=Guest"), 403); /* wiped is no token */
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    assert_int_equal(post("/join", old), 403);
    assert_int_equal(r.joins, 0);
}

static void a_form_is_checked_and_says_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(join("password=correct+horse"), 422);
    assert_true(has("Choose a network"));
    assert_int_equal(join("ssid=&other="), 422);
    assert_int_equal(join("ssid=123456789012345678901234567890123"), 422);
    assert_int_equal(join("ssid=Work%0"), 422);
    assert_int_equal(join("ssid=Work%zz"), 422);
    assert_int_equal(join("ssid=Work%00shop"), 422);
    assert_int_equal(join("ssid=Workshop&password=short"), 422);
    assert_true(has("8 to 63"));
    assert_false(has("short"));
    assert_int_equal(join("ssid=Workshop&password=01234567890123456789012345678901234567890123456789012345678901234"), 422);
    assert_int_equal(r.joins, 0);
    assert_int_equal(ask("POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"), 415);
    assert_int_equal(ask("POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: application/x-www-form-urlencodedx\r\nContent-Length: 1\r\n\r\nx"), 415);
    assert_int_equal(ask("POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: application/x-www-form-urlencoded;charset=utf-8\r\nContent-Length: 1\r\n\r\nx"), 403);
    assert_int_equal(post("/", "x=1"), 405);
}

static void a_wrong_password_is_said_and_the_right_one_joins(void **state)
{
    (void)state;
    assert_int_equal(join("ssid=Workshop&password=wrong%20horse"), 303);
    assert_true(has("\r\nLocation: http://" ADDRESS "/\r\n"));
    assert_int_equal(get("/state"), 200);
    assert_true(has("{\"state\":\"joining\",\"reason\":\"\",\"message\":\"Joining the network.\",\"pairingCode\":\"\",\"claimed\":false}"));
    assert_int_equal(join("ssid=Workshop&password=wrong%20horse"), 409);
    assert_int_equal(get("/"), 200);
    assert_true(has("http-equiv=refresh"));
    room_run(&r, 1500);
    assert_int_equal(get("/state"), 200);
    assert_true(has("\"state\":\"failed\",\"reason\":\"wrong-password\",\"message\":\"The password is wrong.\""));
    assert_int_equal(get("/"), 200);
    assert_true(has("The password is wrong."));
    assert_true(has("checked value='Workshop'"));
    assert_false(has("wrong horse"));
    assert_false(has("http-equiv=refresh"));
    assert_int_equal(join("ssid=&other=Workshop&password=correct%20hors%65"), 303);
    room_run(&r, 1500);
    assert_int_equal(get("/"), 200);
    assert_true(has("data-state=joined>"));
    assert_false(room_said(&r, "horse"));
}

static void the_pairing_code_is_shown_while_there_is_one(void **state)
{
    (void)state;
    assert_int_equal(get("/"), 200);
    assert_true(has("class=p hidden>"));
    assert_int_equal(join("ssid=Guest&password="), 303);
    room_run(&r, 1500);
    r.agent.state = EF_STATE_PAIRING;
    memcpy(r.agent.claim.pairing_code, "031459", 7);
    assert_int_equal(get("/"), 200);
    assert_true(has(">031459</output>"));
    assert_true(has("Type this code where devices are claimed."));
    assert_false(has("class=p hidden>"));
    assert_int_equal(get("/state"), 200);
    assert_true(has("\"pairingCode\":\"031459\",\"claimed\":false"));
    r.agent.state = EF_STATE_IDLE;
    r.agent.identity.present = true;
    assert_int_equal(get("/state"), 200);
    assert_true(has("\"pairingCode\":\"\",\"claimed\":true"));
    assert_true(has("belongs to an account"));
}

static void networks_are_json_and_a_scan_under_way_is_an_empty_list(void **state)
{
    (void)state;
    ef_json json, list, element, name;
    char text[64];
    assert_int_equal(get("/networks"), 200);
    const char *body = strstr(answer, "\r\n\r\n") + 4;
    assert_int_equal(ef_json_open(&json, body, strlen(body)), EF_OK);
    assert_int_equal(ef_json_member(&json, "networks", &list), EF_OK);
    assert_int_equal(ef_json_element(&list, 1, &element), EF_OK);
    assert_int_equal(ef_json_member(&element, "ssid", &name), EF_OK);
    assert_int_equal(ef_json_string(&name, text, sizeof text), EF_OK);
    assert_string_equal(text, r.networks[1].ssid);
    assert_int_equal(ef_json_element(&list, 3, &element), EF_NOT_FOUND);
    r.scan_is_slow = true;
    assert_int_equal(get("/networks"), 200);
    assert_true(has("{\"networks\":[]}"));
}

static void the_longest_names_fit(void **state)
{
    (void)state;
    r.networks[1].ssid = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
    r.networks[2].ssid = "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01";
    assert_int_equal(get("/"), 200);
    assert_true(has("&#34;</span><i>WPA2 \xC2\xB7 -60 dBm</i></label>"));
    assert_int_equal(get("/networks"), 200);
    assert_true(has("\\u0001\",\"rssiDbm\":-71,\"security\":\"open\"}]}"));
}

static void a_locked_device_says_so_and_takes_nothing(void **state)
{
    (void)state;
    ef_provision_close(&r.agent);
    r.agent.config.provision.needs_button = true;
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    assert_int_equal(join("ssid=Guest&password="), 403);
    assert_true(has("Press the button on the device"));
    assert_int_equal(r.joins, 0);
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\rX\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nX\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n{}: a\r\n\r\n", 400},
        {"GET /\r\nHost: a\r\n\r\n", 400},
        {"GET", 0},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: /\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: application/x-www-form-urlencodeD charset\r\nContent-Length: 1\r\n\r\nx", 403},
        {"POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Type: application/x-www-form-urlencodee\r\nContent-Length: 1\r\n\r\nx", 415},
        {"get / HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n", 405},
        {"POST /join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 501},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 302},
        {"GET / HTTP/1.1\r\nHost: a\t \r\nX~1: y\r\n\r\n", 302},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n: a\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET / FTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP\r\nHost: a\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {" / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /0123456789012345678901234567890123456789012345678901234567890123456789 HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {"GET / HTTP/1.1\r\nHost: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\n\rx", 400},
        {"DELETE / HTTP/1.1\r\nHost: " ADDRESS "\r\n\r\n", 405},
        {"AVERYLONGMETHODTHATIS/ / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: a\r\n\r\n", 411},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: 513\r\n\r\n", 413},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        {"POST /join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
        {"POST /join HTTP/1.1\r\nHost: " ADDRESS "\r\nContent-Length: 0\r\n\r\n", 415},
        {"GET / HTTP/1.0\r\nHost: " ADDRESS "\r\nX-A:\tb\x7F\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = ask(cases[i].text);
        if (status != cases[i].status)
            fail_msg("%s is answered %d, not %d", cases[i].text, status, cases[i].status);
    }
    assert_int_equal(ask("GET / HTTP/1.1\r\nHost: a\r\n"), 0); /* more is wanted */
}

static void what_comes_after_the_request_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(get("/state"), 200);
    assert_true(ef_portal_feed(&portal, (const uint8_t *)"GET / HTTP/1.1", 14));
    assert_int_equal(ef_portal_read(&portal, (uint8_t *)answer, sizeof answer), 0);
    ef_portal_begin(&portal, &r.agent, ADDRESS);
    assert_int_equal(ef_portal_read(&portal, (uint8_t *)answer, sizeof answer), 0); /* no answer before a question */
}

static void a_form_may_leave_the_password_out_and_hex_may_be_capital(void **state)
{
    (void)state;
    assert_int_equal(join("ssid=%47uest%"), 422);
    assert_int_equal(join("ssid=%4auest%4G"), 422);
    assert_int_equal(join("ssid=%4E%6Fwhere"), 303);
    room_run(&r, 1500);
    assert_int_equal(get("/state"), 200);
    assert_true(has("not-found"));
}

static void headers_are_ignored_but_not_without_end(void **state)
{
    (void)state;
    static char text[12000];
    int n = snprintf(text, sizeof text, "GET /state HTTP/1.1\r\nHost: " ADDRESS "\r\nA-Header-With-A-Name-Longer-Than-The-Parser-Keeps-Any: 1\r\nCookie: ");
    memset(text + n, 'x', 4000);
    (void)strcpy(text + n + 4000, "\r\n\r\n");
    assert_int_equal(ask(text), 200);
    assert_int_equal(ask_in(text, 13), 200);
    memset(text + n, 'x', 9000);
    (void)strcpy(text + n + 9000, "\r\n\r\n");
    assert_int_equal(ask(text), 431);
}

static void fields_of_a_form_are_found_and_decoded(void **state)
{
    (void)state;
    static const char body[] = "a=1&bb=%41%6d+x&c&=d&e=&bb=2";
    char out[8];
    const uint8_t *p = (const uint8_t *)body;
    assert_int_equal(ef_http_form(p, sizeof body - 1, "a", out, sizeof out), EF_OK);
    assert_string_equal(out, "1");
    assert_int_equal(ef_http_form(p, sizeof body - 1, "bb", out, sizeof out), EF_OK);
    assert_string_equal(out, "Am x");
    assert_int_equal(ef_http_form(p, sizeof body - 1, "b", out, sizeof out), EF_NOT_FOUND);
    assert_int_equal(ef_http_form(p, sizeof body - 1, "c", out, sizeof out), EF_NOT_FOUND);
    assert_int_equal(ef_http_form(p, sizeof body - 1, "e", out, sizeof out), EF_OK);
    assert_string_equal(out, "");
    assert_int_equal(ef_http_form(p, sizeof body - 1, "bb", out, 4), EF_TOO_LARGE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(the_page_is_small_whole_and_escapes_what_it_shows),
        T(the_nonce_is_new_every_time),
        T(head_gets_the_head),
        T(probes_of_every_system_are_led_to_the_page),
        T(another_host_reads_and_writes_nothing),
        T(a_form_without_the_page_s_token_is_not_taken),
        T(a_form_is_checked_and_says_what_is_wrong),
        T(a_wrong_password_is_said_and_the_right_one_joins),
        T(the_pairing_code_is_shown_while_there_is_one),
        T(networks_are_json_and_a_scan_under_way_is_an_empty_list),
        T(the_longest_names_fit),
        T(a_locked_device_says_so_and_takes_nothing),
        T(what_is_no_request_is_refused),
        T(what_comes_after_the_request_is_nothing),
        T(a_form_may_leave_the_password_out_and_hex_may_be_capital),
        T(headers_are_ignored_but_not_without_end),
        T(fields_of_a_form_are_found_and_decoded),
    };
    return cmocka_run_group_tests_name("portal", tests, NULL, NULL);
}
