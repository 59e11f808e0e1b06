/* The attacks of test_attacks.c that need no forged document: what the network and the host's answers can do. */
#ifndef EF_TEST_ATTACKS_H
#define EF_TEST_ATTACKS_H

#include "device.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define FIRST "1.1.0"
#define STRANGER_KID "ffffffffffffffffffffffffffffffff"
#define NEXT_KID "fedcba9876543210fedcba9876543210"

extern fake_host host;
extern device d;

void offer(release what);
void wait_ms(int64_t ms);
void have_taken(const char *version, uint64_t epoch);

void endless_image(void);
void endless_answer(void);
void slow_image(void);
void slow_answer(void);
void silent_image(void);
void other_image(void);
void other_image_of_other_length(void);
void half_and_half(void);
void other_range(void);
void other_tag(void);
void flipped_bit(void);
void header_of_other_chip(void);
void freeze_by_silence(void);
void freeze_by_the_old_offer(void);
void freeze_until_it_expired(void);
void clock_set_back(void);
void clock_set_back_over_a_restart(void);
void no_time(void);

#endif
