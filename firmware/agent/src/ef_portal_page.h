/* What the portal answers, as lists of text and holes. */
#ifndef EF_PORTAL_PAGE_H
#define EF_PORTAL_PAGE_H

#include <stdint.h>

typedef enum ef_hole {
    EF_HOLE_NONE,
    EF_HOLE_STATUS,  /* "200 OK" */
    EF_HOLE_ADDRESS,
    EF_HOLE_NONCE,
    EF_HOLE_PRODUCT,
    EF_HOLE_HARDWARE,
    EF_HOLE_VERSION,
    EF_HOLE_STATE,
    EF_HOLE_SENTENCE,
    EF_HOLE_REFRESH,
    EF_HOLE_NOTICE,
    EF_HOLE_ROWS,    /* a row for each network */
    EF_HOLE_TOKEN,
    EF_HOLE_CODE_HIDDEN,
    EF_HOLE_CODE,
    EF_HOLE_STATE_JSON,
    EF_HOLE_NETWORKS_JSON
} ef_hole;

typedef struct ef_page_part {
    const char *text;
    ef_hole hole; /* after the text */
} ef_page_part;

typedef enum ef_answer { EF_ANSWER_PAGE, EF_ANSWER_STATE, EF_ANSWER_NETWORKS, EF_ANSWER_REDIRECT, EF_ANSWER_ERROR, EF_ANSWER_COUNT } ef_answer;

/* Its head, up to and with the empty line, is the first `head_parts` of them. */
typedef struct ef_page {
    const ef_page_part *parts;
    uint8_t count, head_parts;
} ef_page;

extern const ef_page ef_pages[EF_ANSWER_COUNT];

#endif
