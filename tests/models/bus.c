/* SPDX-License-Identifier: MIT */
/*
 * The map of these tests:
 *
 *   0x1000       0x1010    0x2000     0x3000     0x4000      0x5000
 *   | "dev" 16 B |  hole   | "low" RAM| "high" RAM| "behind" |
 */
#include "models/bus.h"

#include <errno.h>
#include <string.h>

#include "tests/suite.h"

#define RAM_PS 7000
#define DEV_PS 11

/* A device that records its accesses; reads give 0xc0de0000 + offset. */
struct device {
	unsigned int n;
	struct {
		uint64_t offset, value;
		unsigned int size;
		bool write;
	} log[8];
	uint64_t refuse_at;
};

static int dev_access(struct device *dev, uint64_t offset, unsigned int size, bool write,
		      uint64_t value, uint64_t *latency)
{
	ck_assert_uint_lt(dev->n, 8);
	dev->log[dev->n].offset = offset;
	dev->log[dev->n].size = size;
	dev->log[dev->n].write = write;
	dev->log[dev->n++].value = value;
	*latency += DEV_PS;
	return offset == dev->refuse_at ? -EFAULT : 0;
}

static int dev_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	*value = 0xc0de0000 + offset;
	return dev_access(ctx, offset, size, false, 0, latency);
}

static int dev_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	return dev_access(ctx, offset, size, true, value, latency);
}

static const struct mdl_mmio_ops dev_ops = {.read = dev_read, .write = dev_write};

static struct mdl_bus *bus;
static struct mdl_ram *low, *high;
static struct device dev, behind;
static struct mdl_bus_error last_error;
static int errors;
static bool fail_next;

static void on_error(void *ctx, const struct mdl_bus_error *error)
{
	ck_assert_ptr_eq(ctx, &errors);
	last_error = *error;
	errors++;
}

static bool on_fault(void *ctx, const char *name)
{
	bool fail = fail_next;

	ck_assert_ptr_eq(ctx, &errors);
	ck_assert_str_eq(name, "bus.access");
	fail_next = false;
	return fail;
}

static void set_up(void)
{
	const struct mdl_bus_ops ops = {.error = on_error, .fault = on_fault};

	bus = mdl_bus_new(&ops, &errors);
	low = mdl_ram_new(0x2000, 0x1000);
	high = mdl_ram_new(0x3000, 0x1000);
	dev.refuse_at = behind.refuse_at = UINT64_MAX;
	ck_assert_int_eq(mdl_bus_add_ram(bus, "high", high, RAM_PS), 0);
	ck_assert_int_eq(mdl_bus_add(bus, "dev", 0x1000, 16, &dev_ops, &dev), 0);
	ck_assert_int_eq(mdl_bus_add(bus, "behind", 0x4000, 0x1000, &dev_ops, &behind), 0);
	ck_assert_int_eq(mdl_bus_add_ram(bus, "low", low, RAM_PS), 0);
}

static void tear_down(void)
{
	mdl_bus_free(bus);
	mdl_ram_free(low);
	mdl_ram_free(high);
}

START_TEST(device_sees_offset_size_value)
{
	uint64_t latency = 99;

	set_up();
	ck_assert_uint_eq(mdl_bus_read(bus, 0x100c, 4, &latency), 0xc0de000c);
	ck_assert_uint_eq(latency, DEV_PS);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1002, 2, NULL), 0x0002);
	mdl_bus_write(bus, 0x1001, 1, 0x1ff, &latency);
	ck_assert_uint_eq(dev.n, 3);
	ck_assert_uint_eq(dev.log[0].offset, 0xc);
	ck_assert_uint_eq(dev.log[0].size, 4);
	ck_assert(dev.log[2].write);
	ck_assert_uint_eq(dev.log[2].offset, 1);
	ck_assert_uint_eq(dev.log[2].value, 0xff);
	ck_assert_int_eq(errors, 0);
	tear_down();
}
END_TEST

START_TEST(unmapped_reads_all_ones_and_is_reported)
{
	char text[128];

	set_up();
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1010, 4, NULL), 0xffffffff);
	ck_assert_int_eq(errors, 1);
	ck_assert_uint_eq(last_error.pa, 0x1010);
	ck_assert_uint_eq(last_error.len, 4);
	ck_assert(!last_error.write && !last_error.dma);
	ck_assert_ptr_null(last_error.region);
	ck_assert_uint_eq(mdl_bus_read(bus, 0xfff, 1, NULL), 0xff);
	ck_assert_uint_eq(mdl_bus_read(bus, UINT64_MAX - 7, 8, NULL), UINT64_MAX);
	mdl_bus_write(bus, 0x5000, 2, 1, NULL);
	ck_assert_int_eq(errors, 4);
	ck_assert(last_error.write);
	mdl_bus_error_text(text, sizeof(text), &last_error);
	ck_assert_str_eq(text, "bus error: write of 2 bytes at 0x5000: nothing is mapped there");
	tear_down();
}
END_TEST

START_TEST(misaligned_crossing_or_odd_sized_device_access_is_refused)
{
	set_up();
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1002, 4, NULL), 0xffffffff);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1000, 3, NULL), 0xffffff);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x100c, 8, NULL), UINT64_MAX);
	mdl_bus_write(bus, 0x1000, 16, 0, NULL);
	ck_assert_int_eq(errors, 4);
	ck_assert_str_eq(last_error.region, "dev");
	ck_assert_uint_eq(dev.n, 0);
	tear_down();
}
END_TEST

START_TEST(device_may_refuse)
{
	char text[128];

	set_up();
	dev.refuse_at = 8;
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1008, 1, NULL), 0xff);
	ck_assert_int_eq(errors, 1);
	mdl_bus_error_text(text, sizeof(text), &last_error);
	ck_assert_str_eq(text, "bus error: read of 1 byte at 0x1008: refused by dev");
	tear_down();
}
END_TEST

START_TEST(ram_takes_cpu_accesses_of_any_alignment)
{
	uint64_t latency, word;

	set_up();
	mdl_bus_write(bus, 0x2003, 8, 0x8877665544332211, &latency);
	ck_assert_uint_eq(latency, RAM_PS);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x2004, 2, NULL), 0x3322);
	mdl_ram_read(low, 0x2003, &word, 8);
	ck_assert_uint_eq(word, 0x8877665544332211);
	/* The last 8 bytes fit, 8 bytes from there on do not. */
	ck_assert_uint_eq(mdl_bus_read(bus, 0x2ff8, 8, NULL), 0);
	ck_assert_int_eq(errors, 0);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x2ff9, 8, NULL), UINT64_MAX);
	ck_assert_int_eq(errors, 1);
	tear_down();
}
END_TEST

START_TEST(overlap_is_refused)
{
	static const uint64_t taken[][2] = {
		{0x1000, 16},	{0xfff, 2},  {0x100f, 1},     {0x1008, 4},
		{0x0, 0x10000}, {0x4fff, 1}, {0x1010, 0xff1}, {0, UINT64_MAX},
	};
	struct mdl_ram *ram = mdl_ram_new(0x4000, 0x1000);

	set_up();
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		ck_assert_int_eq(mdl_bus_add(bus, "x", taken[i][0], taken[i][1], &dev_ops, &dev),
				 -EEXIST);
	ck_assert_int_eq(mdl_bus_add_ram(bus, "x", ram, 0), -EEXIST);
	ck_assert_int_eq(mdl_bus_add(bus, "x", 0x6000, 0, &dev_ops, &dev), -EINVAL);
	ck_assert_int_eq(mdl_bus_add(bus, "x", UINT64_MAX, 2, &dev_ops, &dev), -EINVAL);
	ck_assert_int_eq(mdl_bus_add(bus, "top", UINT64_MAX, 1, &dev_ops, &dev), 0);
	ck_assert_int_eq(mdl_bus_add(bus, "gap", 0x1010, 0xff0, &dev_ops, &dev), 0);
	ck_assert_str_eq(mdl_bus_name(bus, UINT64_MAX, NULL), "top");
	mdl_ram_free(ram);
	tear_down();
}
END_TEST

START_TEST(names_by_address)
{
	uint64_t offset = 1;

	set_up();
	ck_assert_str_eq(mdl_bus_name(bus, 0x1000, &offset), "dev");
	ck_assert_uint_eq(offset, 0);
	ck_assert_str_eq(mdl_bus_name(bus, 0x100f, &offset), "dev");
	ck_assert_uint_eq(offset, 15);
	ck_assert_ptr_null(mdl_bus_name(bus, 0x1010, NULL));
	ck_assert_ptr_null(mdl_bus_name(bus, 0xfff, NULL));
	ck_assert_str_eq(mdl_bus_name(bus, 0x2fff, NULL), "low");
	ck_assert_str_eq(mdl_bus_name(bus, 0x3000, NULL), "high");
	ck_assert_str_eq(mdl_bus_name(bus, 0x4000, NULL), "behind");
	tear_down();
}
END_TEST

START_TEST(dma_crosses_regions_of_ram)
{
	char buf[9] = "";
	uint64_t latency;

	set_up();
	ck_assert_int_eq(mdl_bus_dma_write(bus, 0x2ffc, "abcdefgh", 8, &latency), 0);
	ck_assert_uint_eq(latency, 2 * RAM_PS);
	ck_assert_mem_eq(mdl_ram_ptr(low, 0x2ffc, 4), "abcd", 4);
	ck_assert_mem_eq(mdl_ram_ptr(high, 0x3000, 4), "efgh", 4);
	ck_assert_int_eq(mdl_bus_dma_read(bus, 0x2ffc, buf, 8, NULL), 0);
	ck_assert_str_eq(buf, "abcdefgh");
	tear_down();
}
END_TEST

START_TEST(dma_write_of_4_bytes_is_one_32_bit_access)
{
	uint64_t latency;

	set_up();
	ck_assert_int_eq(mdl_bus_dma_write(bus, 0x4040, "\x05\x01\x00\x00", 4, &latency), 0);
	ck_assert_uint_eq(behind.n, 1);
	ck_assert_uint_eq(behind.log[0].offset, 0x40);
	ck_assert_uint_eq(behind.log[0].size, 4);
	ck_assert_uint_eq(behind.log[0].value, 0x105);
	ck_assert_uint_eq(latency, DEV_PS);
	tear_down();
}
END_TEST

/* 0x4003..0x4010: bytes 3, then 4..7, then 8..15, then 16. */
START_TEST(dma_to_a_device_is_split_by_alignment)
{
	static const unsigned int sizes[] = {1, 4, 8, 1};
	static const uint64_t offsets[] = {3, 4, 8, 16};
	uint8_t buf[14] = {0};

	set_up();
	ck_assert_int_eq(mdl_bus_dma_read(bus, 0x4003, buf, sizeof(buf), NULL), 0);
	ck_assert_uint_eq(behind.n, 4);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(behind.log[i].size, sizes[i]);
		ck_assert_uint_eq(behind.log[i].offset, offsets[i]);
	}
	/* 0xc0de0004 of the second access, least significant byte first. */
	ck_assert_mem_eq(buf + 1, "\x04\x00\xde\xc0", 4);
	tear_down();
}
END_TEST

START_TEST(dma_to_a_hole_transfers_nothing)
{
	uint8_t buf[4] = {1, 2, 3, 4};

	set_up();
	ck_assert_int_eq(mdl_bus_dma_write(bus, 0x100c, (uint8_t[8]){0}, 8, NULL), -EFAULT);
	ck_assert_uint_eq(dev.n, 0);
	ck_assert_int_eq(errors, 1);
	ck_assert(last_error.dma && last_error.write);
	ck_assert_uint_eq(last_error.len, 8);
	ck_assert_int_eq(mdl_bus_dma_read(bus, 0x9000, buf, 4, NULL), -EFAULT);
	ck_assert_mem_eq(buf, "\xff\xff\xff\xff", 4);
	ck_assert_int_eq(mdl_bus_dma_read(bus, UINT64_MAX, buf, 4, NULL), -EFAULT);
	ck_assert_int_eq(mdl_bus_dma_read(bus, 0x9000, buf, 0, NULL), 0);
	ck_assert_int_eq(errors, 3);
	tear_down();
}
END_TEST

START_TEST(dma_stops_at_a_refusing_device)
{
	uint8_t buf[12] = {0};

	set_up();
	behind.refuse_at = 0;
	mdl_ram_write(high, 0x3ffc, "tail", 4);
	ck_assert_int_eq(mdl_bus_dma_read(bus, 0x3ffc, buf, 12, NULL), -EFAULT);
	ck_assert_mem_eq(buf, "tail\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	ck_assert_str_eq(last_error.region, "behind");
	ck_assert_int_eq(errors, 1);
	tear_down();
}
END_TEST

START_TEST(cas_reaches_ram_only)
{
	uint64_t old = 1;

	set_up();
	ck_assert_int_eq(mdl_bus_cas64(bus, 0x3008, 0, 5, &old), 0);
	ck_assert_uint_eq(old, 0);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x3008, 8, NULL), 5);
	ck_assert_int_eq(mdl_bus_cas64(bus, 0x3004, 0, 5, &old), -EINVAL);
	ck_assert_int_eq(errors, 0);
	ck_assert_int_eq(mdl_bus_cas64(bus, 0x1000, 0, 5, &old), -EFAULT);
	ck_assert_int_eq(mdl_bus_cas64(bus, 0x9000, 0, 5, &old), -EFAULT);
	ck_assert_int_eq(errors, 2);
	ck_assert_ptr_eq(mdl_bus_ptr(bus, 0x3008, 8), mdl_ram_ptr(high, 0x3008, 8));
	ck_assert_ptr_null(mdl_bus_ptr(bus, 0x3ffc, 8));
	ck_assert_ptr_null(mdl_bus_ptr(bus, 0x1000, 8));
	tear_down();
}
END_TEST

START_TEST(fault_point)
{
	set_up();
	fail_next = true;
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1000, 4, NULL), 0xffffffff);
	ck_assert_uint_eq(dev.n, 0);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x1000, 4, NULL), 0xc0de0000);
	fail_next = true;
	ck_assert_int_eq(mdl_bus_dma_write(bus, 0x2000, "x", 1, NULL), -EFAULT);
	ck_assert_uint_eq(mdl_bus_read(bus, 0x2000, 1, NULL), 0);
	ck_assert_int_eq(errors, 2);
	tear_down();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(device_sees_offset_size_value);
	SUITE_CASE(unmapped_reads_all_ones_and_is_reported);
	SUITE_CASE(misaligned_crossing_or_odd_sized_device_access_is_refused);
	SUITE_CASE(device_may_refuse);
	SUITE_CASE(ram_takes_cpu_accesses_of_any_alignment);
	SUITE_CASE(overlap_is_refused);
	SUITE_CASE(names_by_address);
	SUITE_CASE(dma_crosses_regions_of_ram);
	SUITE_CASE(dma_write_of_4_bytes_is_one_32_bit_access);
	SUITE_CASE(dma_to_a_device_is_split_by_alignment);
	SUITE_CASE(dma_to_a_hole_transfers_nothing);
	SUITE_CASE(dma_stops_at_a_refusing_device);
	SUITE_CASE(cas_reaches_ram_only);
	SUITE_CASE(fault_point);
}
