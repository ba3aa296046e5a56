/* SPDX-License-Identifier: MIT */
/*
 * libcrypto's SHA-256 by its plain functions: EVP first sets up providers and reads a
 * configuration, which costs every run a tenth of a kernel's boot.
 */
#ifndef TRACES_SHA256_H
#define TRACES_SHA256_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#endif
