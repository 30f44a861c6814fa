/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * str.h - characters, by the rules of ASCII and never of the locale.
 *
 * The C library's isdigit() and tolower() take an int that must not be a
 * negative char and ask the locale; these take any char.
 */
#ifndef EVI_BASE_STR_H
#define EVI_BASE_STR_H

static inline int
evi_str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Blank, tab, newline, vertical tab, form feed, carriage return. */
static inline int
evi_str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char
evi_str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* 0 to 15, or -1 for what is not a hexadecimal digit. */
static inline int
evi_str_hex_value(char c)
{
	if (evi_str_is_digit(c))
		return c - '0';
	c = evi_str_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
