/* Real servers on 127.0.0.1, for tests that start some. */
#ifndef EF_TEST_LOOPBACK_H
#define EF_TEST_LOOPBACK_H

#include <stdbool.h>

/* Free now: whoever starts a server on it a moment later does so under the lock `port` of tests/CMakeLists.txt. */
int free_port(void);
bool is_listening(int port);
void pause_ms(long ms);

#endif
