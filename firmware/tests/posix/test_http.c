/* The HTTP of the port, against a server on loopback that says what the path asks for. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ef_curl.h"
#include "suites.h"

#define BIG_BYTES 300000

static pid_t server;
static char url[64];
static ef_curl *curl;

static void send_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

static void serve_one(int fd)
{
    static char request[8192], body[BIG_BYTES], head[512];
    size_t len = 0;
    while (len < sizeof request - 1) {
        ssize_t n = recv(fd, request + len, sizeof request - 1 - len, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        request[len] = 0;
        char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\nContent-Length: ");
        if (end != NULL && len >= (size_t)(end + 4 - request) + (length == NULL ? 0 : (size_t)atoi(length + 18)))
            break;
    }
    request[len] = 0;
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)('a' + i % 23);
    if (strstr(request, " /base/echo ") != NULL) {
        int n = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", len);
        send_all(fd, head, (size_t)n);
        send_all(fd, request, len);
    } else if (strstr(request, " /base/big ") != NULL) {
        int n = snprintf(head, sizeof head,
                         "HTTP/1.1 206 Partial Content\r\nContent-Length: %d\r\nContent-Range: bytes 4096-%d/%d\r\nEspForge-Offer: "
                         "00112233445566778899aabbccddeeff\r\nDate: Sun, 06 Nov 2033 08:49:37 GMT\r\nConnection: close\r\n\r\n",
                         BIG_BYTES, 4096 + BIG_BYTES - 1, 4096 + BIG_BYTES);
        send_all(fd, head, (size_t)n);
        send_all(fd, body, sizeof body);
    } else if (strstr(request, " /base/cut ") != NULL) {
        static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n";
        send_all(fd, answer, sizeof answer - 1);
        send_all(fd, body, 1000);
    } else if (strstr(request, " /base/moved ") != NULL) {
        static const char answer[] = "HTTP/1.1 302 Found\r\nLocation: /base/echo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        send_all(fd, answer, sizeof answer - 1);
    } else if (strstr(request, " /base/none ") != NULL) {
        static const char answer[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        send_all(fd, answer, sizeof answer - 1);
    }
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    (void)state;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/base/", ntohs(address.sin_port));
    server = fork();
    if (server == 0) {
        for (;;) {
            int fd = accept(listener, NULL, NULL);
            if (fd < 0)
                _exit(0);
            serve_one(fd);
            (void)shutdown(fd, SHUT_RDWR);
            (void)close(fd);
        }
    }
    (void)close(listener);
    curl = ef_curl_open(url, NULL, NULL);
    return curl != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ef_curl_close(curl);
    (void)kill(server, SIGKILL);
    return waitpid(server, NULL, 0) == server ? 0 : -1;
}

static uint8_t got[2 * BIG_BYTES];
static ef_response response;

static ef_status fetch(ef_channel channel, const ef_request *request, size_t cap, size_t *len)
{
    *len = 0;
    ef_response_clear(&response);
    ef_status status = ef_curl_begin(curl, channel, request);
    for (int waits = 0; status == EF_OK || (status == EF_AGAIN && waits < 200);) {
        size_t part = 0;
        status = ef_curl_read(curl, channel, &response, got + *len, cap, &part);
        *len += part;
        if (status == EF_AGAIN) {
            ef_curl_wait(curl, 50, -1, false);
            waits++;
        }
    }
    ef_curl_end(curl, channel);
    return status;
}

static void a_request_carries_method_credential_body_and_range(void **state)
{
    (void)state;
    size_t len;
    ef_request request = {.method = "POST", .path = "/echo", .bearer = "secret-1", .body = "{\"a\":1}", .body_len = 7};
    assert_int_equal(fetch(EF_CHANNEL_CONTROL, &request, 1000, &len), EF_END);
    got[len] = 0;
    assert_int_equal(response.status, 200);
    assert_int_equal(response.content_length, (int64_t)len);
    assert_memory_equal(got, "POST /base/echo HTTP/1.1\r\n", 26);
    assert_non_null(strstr((char *)got, "\r\nAuthorization: Bearer secret-1\r\n"));
    assert_non_null(strstr((char *)got, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr((char *)got, "\r\n\r\n{\"a\":1}"));
    assert_null(strstr((char *)got, "Expect"));

    request = (ef_request){.method = "GET", .path = "/echo", .range_from = 4096, .if_range = "\"abc\""};
    assert_int_equal(fetch(EF_CHANNEL_DOWNLOAD, &request, 1000, &len), EF_END);
    got[len] = 0;
    assert_memory_equal(got, "GET /base/echo HTTP/1.1\r\n", 25);
    assert_non_null(strstr((char *)got, "\r\nRange: bytes=4096-\r\n"));
    assert_non_null(strstr((char *)got, "\r\nIf-Range: \"abc\"\r\n"));
    assert_null(strstr((char *)got, "Authorization"));
}

static void a_body_larger_than_the_buffer_arrives_whole_however_slowly_it_is_read(void **state)
{
    (void)state;
    size_t len;
    ef_request request = {.method = "GET", .path = "/big"};
    static const size_t caps[] = {4096, 2398, 700};
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(fetch(EF_CHANNEL_DOWNLOAD, &request, caps[c], &len), EF_END);
        assert_int_equal(len, BIG_BYTES);
        for (size_t i = 0; i < len; i++)
            assert_true(got[i] == 'a' + i % 23);
    }
    assert_int_equal(response.status, 206);
    assert_int_equal(response.range_start, 4096);
    assert_int_equal(response.range_total, 4096 + BIG_BYTES);
    assert_int_equal(response.date_ms, INT64_C(2014879777000));
    assert_string_equal(response.offer_id, "00112233445566778899aabbccddeeff");
}

static void a_connection_that_breaks_is_lost_after_what_came(void **state)
{
    (void)state;
    size_t len;
    ef_request request = {.method = "GET", .path = "/cut"};
    assert_int_equal(fetch(EF_CHANNEL_DOWNLOAD, &request, 4096, &len), EF_NETWORK);
    assert_int_equal(len, 1000);
    assert_int_equal(response.status, 200);
}

static void an_answer_without_a_body_has_a_status(void **state)
{
    (void)state;
    size_t len;
    ef_request request = {.method = "GET", .path = "/none"};
    assert_int_equal(fetch(EF_CHANNEL_CONTROL, &request, 4096, &len), EF_END);
    assert_int_equal(response.status, 204);
    assert_int_equal(len, 0);
}

static void a_redirection_is_not_followed(void **state)
{
    (void)state;
    size_t len;
    ef_request request = {.method = "GET", .path = "/moved", .bearer = "secret"};
    assert_int_equal(fetch(EF_CHANNEL_CONTROL, &request, 4096, &len), EF_END);
    assert_int_equal(response.status, 302);
}

static void a_path_that_would_change_the_host_is_refused(void **state)
{
    (void)state;
    ef_request request = {.method = "GET", .path = "@127.0.0.2/"};
    assert_int_equal(ef_curl_begin(curl, EF_CHANNEL_CONTROL, &request), EF_BAD_ARGUMENT);
}

static void two_exchanges_go_on_side_by_side(void **state)
{
    (void)state;
    ef_request big = {.method = "GET", .path = "/big"};
    ef_response first;
    size_t len, part, total = 0;
    uint8_t data[1000];
    ef_response_clear(&first);
    assert_int_equal(ef_curl_begin(curl, EF_CHANNEL_DOWNLOAD, &big), EF_OK);
    ef_request small = {.method = "GET", .path = "/echo"};
    assert_int_equal(fetch(EF_CHANNEL_CONTROL, &small, 1000, &len), EF_END);
    ef_status status = EF_OK;
    for (int waits = 0; status == EF_OK || (status == EF_AGAIN && waits < 200);) {
        status = ef_curl_read(curl, EF_CHANNEL_DOWNLOAD, &first, data, sizeof data, &part);
        total += part;
        if (status == EF_AGAIN) {
            ef_curl_wait(curl, 50, -1, false);
            waits++;
        }
    }
    ef_curl_end(curl, EF_CHANNEL_DOWNLOAD);
    assert_int_equal(status, EF_END);
    assert_int_equal(total, BIG_BYTES);
}

static void a_host_that_is_not_there_is_a_lost_exchange(void **state)
{
    (void)state;
    ef_curl *nobody = ef_curl_open("http://127.0.0.1:1", NULL, NULL), *mine = curl;
    size_t len;
    ef_request request = {.method = "GET", .path = "/"};
    curl = nobody;
    assert_int_equal(fetch(EF_CHANNEL_CONTROL, &request, 100, &len), EF_NETWORK);
    curl = mine;
    ef_curl_close(nobody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_carries_method_credential_body_and_range),
        cmocka_unit_test(a_body_larger_than_the_buffer_arrives_whole_however_slowly_it_is_read),
        cmocka_unit_test(a_connection_that_breaks_is_lost_after_what_came),
        cmocka_unit_test(an_answer_without_a_body_has_a_status),
        cmocka_unit_test(a_redirection_is_not_followed),
        cmocka_unit_test(a_path_that_would_change_the_host_is_refused),
        cmocka_unit_test(two_exchanges_go_on_side_by_side),
        cmocka_unit_test(a_host_that_is_not_there_is_a_lost_exchange),
    };
    return cmocka_run_group_tests_name("HTTP", tests, set_up, tear_down);
}
