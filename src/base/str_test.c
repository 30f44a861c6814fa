/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * str_test.c - ASCII characters, all 256 of them.
 */
#include "base/str.h"

#include <ctype.h>

#include "test.h"

/* Each byte is classed as in the C locale, bytes above 127 as nothing. */
TEST(every_byte_is_as_in_the_c_locale)
{
	for (int i = 0; i < 256; i++) {
		char c = (char)i;

		CHECK_EQ(evi_str_is_digit(c), i < 128 && isdigit(i));
		CHECK_EQ(evi_str_is_space(c), i < 128 && isspace(i));
		CHECK_EQ(evi_str_lower(c), i < 128 ? (char)tolower(i) : c);
		CHECK_EQ(evi_str_hex_value(c) >= 0, i < 128 && isxdigit(i));
	}
}

/* Hexadecimal digits of both cases have their value. */
TEST(hex_digits_have_their_value)
{
	const char *digits = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		CHECK_EQ(evi_str_hex_value(digits[i]), i);
		CHECK_EQ(evi_str_hex_value((char)toupper(digits[i])), i);
	}
}
