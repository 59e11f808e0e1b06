/* The lives that test_power_cut.c lives, and what they share with it. */
#ifndef EF_TEST_POWER_CUT_H
#define EF_TEST_POWER_CUT_H

#include "device.h"

#define NEW_VERSION "1.1.0"
#define NEXT_VERSION "1.2.0"

typedef struct scenario {
    const char *name;
    const char *crashing_version, *failing_version;
    void (*prepare)(void);                /* on a new device that has never been on; what is offered is offered here */
    bool (*goal)(const device *d);        /* where the life ends */
    const char *expected, *expected_code; /* how the offer ends unless the power went while the image was pending */
    void (*after)(void);                  /* what must be so after each cut, beside what is always so */
} scenario;

extern const scenario scenarios[];
extern const size_t scenario_count;

extern fake_host host;
extern device d;
extern signer old_key, new_key;

#endif
