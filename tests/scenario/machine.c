// SPDX-License-Identifier: MIT
/* Machines that cannot be: sizes, devicetree sources and blobs. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/common.h"

#define CHECK(endings) check_endings(endings, sizeof(endings) / sizeof((endings)[0]))

START_TEST(cpus_and_memory_have_limits)
{
	static const struct ending endings[] = {
		{"machine { cpus = 0 }", 2, "s.lua:1: 0 CPUs: from 1 to 8 are possible"},
		{"machine { cpus = 9 }", 2, "s.lua:1: 9 CPUs: from 1 to 8 are possible"},
		{"machine { cpus = -1 }", 2, "from 1 to 8 are possible"},
		{"machine { cpus = 'x' }", 2, "s.lua:1: machine: cpus is a number, not string"},
		{"machine { cpus = 1.5 }", 2, "s.lua:1: machine: cpus is a number"},
		{"machine { ram = 'much' }", 2, "s.lua:1: ram: a size such as 4096"},
		{"machine { ram = -4096 }", 2, "s.lua:1: ram: a size such as 4096"},
		{"machine { ram = '99999999999999999999G' }", 2, "s.lua:1: ram: a size such as"},
		{"machine { ram = '1K' }", 2,
		 "s.lua:1: devicetree node /memory@40000000: 0x400 bytes of memory at 0x40000000: "
		 "both "
		 "must be multiples of 0x1000"},
		{"machine { ram = 268435457 }", 2, "both must be multiples of 0x1000"},
		{"machine { ram = '4K' }", 2, "the memory is too small for the devicetree"},
		{"machine { ram = '1T' }", 2, "overlap ram"},
		{"machine { ram = '8388607T' }", 2, "0x"},
	};

	CHECK(endings);
}
END_TEST

START_TEST(machines_that_are_not_there)
{
	static const struct ending endings[] = {
		{"machine { dts = 'nix' }", 1,
		 "there is no machine \"nix\": give the name of one of"},
		{"machine { dts = './nix.dts' }", 1, "not readable: ././nix.dts"},
		{"machine { dts = '/' }", 2, "/: not a file"},
	};

	CHECK(endings);
}
END_TEST

/* The text of virt-pcie with `old` replaced. */
static char *machine_with(const char *old, const char *new)
{
	FILE *file = fopen(SOURCE_DIR "/scenarios/machines/virt-pcie.dts", "r");
	char *text = calloc(1, 65536), *out = NULL, *at;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_lt(fread(text, 1, 65535, file), 65535);
	fclose(file);
	at = strstr(text, old);
	ck_assert_msg(at != NULL, "virt-pcie.dts has no %s", old);
	*at = '\0';
	ck_assert_int_gt(asprintf(&out, "%s%s%s", text, new, at + strlen(old)), 0);
	free(text);
	return out;
}

START_TEST(devicetrees_that_make_no_machine)
{
	static const char second[] =
		"iommu@9080000 { compatible = \"arm,smmu-v3\"; reg = <0 0x09080000 0 0x20000>; };\n"
		"dma@a000000 {";
	static const struct {
		const char *old, *new, *message;
	} bad[] = {
		{"chosen {", "chosen [", "m.dts:15.9-10 syntax error"},
		{"device_type = \"memory\";", "", "there is no memory node with a reg property"},
		{"reg = <0x0 0x40000000 0x0 0x10000000>;", "",
		 "there is no memory node with a reg property"},
		{"reg = <0x0 0x40000000 0x0 0x10000000>;", "reg = <0x0 0x40000000>;",
		 "there is no memory node with a reg property"},
		{"reg = <0x0 0x40000000 0x0 0x10000000>;", "reg = <0x0 0x40000100 0x0 0x10000000>;",
		 "node /memory@40000000: 0x10000000 bytes of memory at 0x40000100: both must be"},
		{"reg = <0x0 0x40000000 0x0 0x10000000>;", "reg = <0x0 0x8000000 0x0 0x10000000>;",
		 "node /interrupt-controller@8000000: 0x3000 bytes at 0x8000000 overlap ram"},
		{"compatible = \"faultline,intc\";", "",
		 "an interrupt controller (faultline,intc) with 0x"},
		{"reg = <0x0 0x08020000 0x0 0x1000>;", "", "node /msi-controller@8020000: its reg"},
		{"reg = <0x0 0x08020000 0x0 0x1000>;", "reg = <0x0 0x08000000 0x0 0x1000>;",
		 "node /msi-controller@8020000: 0x1000 bytes at 0x8000000 overlap intc"},
		{"reg = <0x0 0x09050000 0x0 0x20000>;", "reg = <0x0 0x09050000 0x0 0x10000>;",
		 "node /soc/iommu@9050000: reg must span 0x20000 bytes"},
		{"reg = <0x0 0x09050000 0x0 0x20000>;", "reg = <0x0 0x48000000 0x0 0x20000>;",
		 "node /soc/iommu@9050000: 0x20000 bytes at 0x48000000 overlap ram"},
		{"dma-coherent;", "faultline,foo;",
		 "the SMMU has no property \"foo\" (known: stage "},
		{"dma-coherent;", "faultline,ril = <2>;", "ril is 2, at most 1 is possible"},
		{"dma-coherent;", "faultline,ril = <1 1>;", "faultline,ril: one cell is wanted"},
		{"dma@a000000 {", second,
		 "node /soc/iommu@9080000: a second SMMU; one is supported"},
		{"reg = <0x0 0x0a000000 0x0 0x1000>;", "",
		 "node /soc/dma@a000000: its reg is missing"},
		{"reg = <0x0 0x0a000000 0x0 0x1000>;", "reg = <0x0 0x09050000 0x0 0x1000>;",
		 "node /soc/dma@a000000: 0x1000 bytes at 0x9050000 overlap smmu"},
		{"reg = <0x40 0x0 0x0 0x100000>;", "reg = <0x0 0x40000000 0x0 0x100000>;",
		 "node /soc/pcie@4000000000: its reg must be 0x100000 bytes of ECAM at a multiple "
		 "of 4 GiB"},
		{"reg = <0x40 0x0 0x0 0x100000>;", "reg = <0x40 0x0 0x0 0x1000>;",
		 "bytes of ECAM at a multiple of 4 GiB"},
		{"ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>;", "",
		 "node /soc/pcie@4000000000: its ranges must give a window of memory"},
		{"compatible = \"faultline,dma-test\";\n				label",
		 "label",
		 "node /soc/pcie@4000000000/dma@1,0: only faultline,dma-test endpoints exist"},
		{"reg = <0x0800 0x0 0x0 0x0 0x0>;", "reg = <0x10800 0x0 0x0 0x0 0x0>;",
		 "its reg must name a function of bus 0"},
		{"label = \"dma1\";", "label = \"dma0\";", "two devices are called dma0"},
		{"label = \"dma1\";", "label = \"dma1\"; faultline,msi-vectors = <3>;",
		 "dma@1,0: faultline,msi-vectors is 3: 1, 2, 4, 8, 16 and 32 are possible"},
		{"label = \"dma1\";", "label = \"dma1\"; faultline,msi-vectors = <64>;",
		 "dma@1,0: faultline,msi-vectors is 64: 1, 2, 4, 8, 16 and 32 are possible"},
		{"label = \"dma1\";", "label = \"dma1\"; faultline,msix-vectors = <33>;",
		 "dma@1,0: faultline,msix-vectors is 33: at most 32 are possible"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = machine_with(bad[i].old, bad[i].new);
		struct outcome outcome;

		test_write("m.dts", text, false);
		outcome = run_lua("machine { dts = './m.dts' }", "");
		ck_assert_msg(outcome.status == 2 && strstr(outcome.err, bad[i].message) &&
				      strstr(outcome.err, "s.lua:1: "),
			      "%s: status %d, no '%s' in %s", bad[i].new, outcome.status,
			      bad[i].message, outcome.err);
		outcome_free(&outcome);
		free(text);
	}
	test_clean();
}
END_TEST

static char *read_blob(size_t *size)
{
	FILE *file = fopen(BUILD_DIR "/machines/virt-pcie.dtb", "r");
	char *blob = malloc(65536);

	ck_assert_ptr_nonnull(file);
	*size = fread(blob, 1, 65536, file);
	fclose(file);
	return blob;
}

static void write_blob(const char *blob, size_t size)
{
	FILE *file = fopen(test_file("m.dtb"), "w");

	ck_assert_uint_eq(fwrite(blob, 1, size, file), size);
	fclose(file);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* A run on m.dtb ends by itself, whatever its verdict. */
static void expect_end(const char *lua, const char *what, uint32_t seed, unsigned int n)
{
	struct outcome outcome = run_lua(lua, "--timeout 10");

	ck_assert_msg(outcome.status <= 4, "%s, seed %u, number %u: status %d\n%s%s", what, seed, n,
		      outcome.status, outcome.out, outcome.err);
	ck_assert_msg(outcome.status == 0 || *outcome.err || strstr(outcome.out, "not ok"),
		      "%s, seed %u, number %u: no message", what, seed, n);
	outcome_free(&outcome);
}

START_TEST(cut_blobs_are_refused)
{
	size_t size;
	char *blob = read_blob(&size);

	for (unsigned int i = 0; i < 40; i++) {
		struct outcome outcome;

		write_blob(blob, size * i / 40);
		outcome = run_lua("machine { dts = './m.dtb' }", "");
		expect_status(&outcome, 2);
		expect_in(outcome.err, "./m.dtb: not a valid devicetree blob");
		outcome_free(&outcome);
	}
	free(blob);
	test_clean();
}
END_TEST

/* Properties: no change of a blob crashes or hangs the program, nor a kernel booted on it. */
static void change_blobs(const char *lua, uint32_t seed, unsigned int n)
{
	size_t size;
	char *blob = read_blob(&size), *changed = malloc(size);
	uint32_t state = seed;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int flips = 1 + next_random(&state) % 4;

		memcpy(changed, blob, size);
		/* Behind the header of 40 bytes most changes pass the check of the format. */
		for (unsigned int f = 0; f < flips; f++)
			changed[40 + next_random(&state) % (size - 40)] ^=
				1 << next_random(&state) % 8;
		write_blob(changed, size);
		expect_end(lua, "changed blob", seed, i);
	}
	free(changed);
	free(blob);
	test_clean();
}

START_TEST(changed_blobs_do_no_harm)
{
	change_blobs("machine { dts = './m.dtb' }\ncase('a', function() end)", 1, 200);
}
END_TEST

START_TEST(kernels_on_changed_blobs_end)
{
	if (no_kernel("6.12"))
		return;
	change_blobs("local m = machine { dts = './m.dtb' }\nkernel { '6.12' }\n"
		     "case('a', function() end)",
		     2, 40);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(cpus_and_memory_have_limits);
	SUITE_CASE(machines_that_are_not_there);
	SUITE_CASE(devicetrees_that_make_no_machine);
	SUITE_CASE(cut_blobs_are_refused);
	SUITE_CASE(changed_blobs_do_no_harm);
	SUITE_CASE(kernels_on_changed_blobs_end);
}
