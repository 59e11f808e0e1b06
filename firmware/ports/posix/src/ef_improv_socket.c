#include "ef_improv_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

ef_status ef_improv_socket_open(ef_improv_socket *s, struct ef_agent *agent, const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat info;
    memset(s, 0, sizeof *s);
    s->agent = agent;
    s->fd = s->listen_fd = -1;
    if (strlen(path) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return EF_NETWORK;
    }
    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode))
        (void)unlink(path);
    memcpy(name.sun_path, path, strlen(path) + 1);
    s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177); /* for the owner alone: it is the device's cable */
    bool ok = s->listen_fd >= 0 && bind(s->listen_fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(s->listen_fd, 1) == 0;
    int saved = errno;
    (void)umask(before);
    if (ok) {
        memcpy(s->path, path, strlen(path) + 1);
        return EF_OK;
    }
    if (s->listen_fd >= 0)
        (void)close(s->listen_fd);
    s->listen_fd = -1;
    errno = saved;
    return EF_NETWORK;
}

static void hang_up(ef_improv_socket *s)
{
    (void)close(s->fd);
    s->fd = -1;
}

static bool send_what_is_due(ef_improv_socket *s)
{
    for (;;) {
        if (s->from == s->to) {
            s->from = 0;
            s->to = ef_improv_frame(&s->improv, s->out);
            if (s->to == 0)
                return true;
        }
        ssize_t n = send(s->fd, s->out + s->from, s->to - s->from, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        s->from += (size_t)n;
    }
}

void ef_improv_socket_step(ef_improv_socket *s)
{
    uint8_t in[256];
    if (s->fd < 0) {
        s->fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (s->fd < 0)
            return;
        s->from = s->to = 0;
        ef_improv_begin(&s->improv, s->agent, true);
    }
    ssize_t n = recv(s->fd, in, sizeof in, 0);
    if (n > 0)
        ef_improv_feed(&s->improv, in, (size_t)n);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || !send_what_is_due(s))
        hang_up(s);
}

void ef_improv_socket_close(ef_improv_socket *s)
{
    if (s->fd >= 0)
        hang_up(s);
    if (s->listen_fd < 0)
        return;
    (void)close(s->listen_fd);
    (void)unlink(s->path);
    s->listen_fd = -1;
}
