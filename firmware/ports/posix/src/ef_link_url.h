/* scheme://host[:port][/path] of a message link. IPv6 addresses stand in brackets. */
#ifndef EF_LINK_URL_H
#define EF_LINK_URL_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct ef_link_url {
    bool tls;
    int port;
    char host[128];
    char path[128]; /* begins with '/' */
} ef_link_url;

static inline bool ef_link_url_read(const char *url, const char *plain, const char *secure, int plain_port, int secure_port, ef_link_url *out)
{
    memset(out, 0, sizeof *out);
    out->tls = strncmp(url, secure, strlen(secure)) == 0;
    if (!out->tls && strncmp(url, plain, strlen(plain)) != 0)
        return false;
    const char *host = url + strlen(out->tls ? secure : plain);
    size_t authority = strcspn(host, "/?#");
    const char *path = host + authority;
    bool bracket = host[0] == '[';
    size_t host_len = bracket ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    if (host_len > authority || memchr(host, '@', authority) != NULL)
        return false;
    out->port = out->tls ? secure_port : plain_port;
    if (host_len < authority) {
        char *end;
        long port = strtol(host + host_len + 1, &end, 10);
        if (host[host_len] != ':' || end != path || port < 1 || port > 65535)
            return false;
        out->port = (int)port;
    }
    const char *name = bracket ? host + 1 : host;
    size_t name_len = bracket ? host_len - 2 : host_len;
    if (name_len == 0 || name_len >= sizeof out->host || strlen(path) >= sizeof out->path)
        return false;
    memcpy(out->host, name, name_len);
    (void)strcpy(out->path, path[0] == 0 ? "/" : path);
    return out->path[0] == '/';
}

#endif
