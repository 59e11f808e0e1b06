#ifndef PINS_H
#define PINS_H

#define PIN_LED 8

#endif
