#ifndef PINS_H
#define PINS_H

#define PIN_RELAY 5

#endif
