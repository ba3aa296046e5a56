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

#define DMA1 "label = \"dma1\";"
#define PORT(unit, reg, inside)                                                                    \
	"};\nport@" unit " { compatible = \"faultline,pcie-port\"; device_type = \"pci\"; "        \
	"#address-cells = <3>; #size-cells = <2>; reg = <" reg " 0 0 0 0>;\n" inside
#define LEAF(unit, reg)                                                                            \
	"dma@" unit " { compatible = \"faultline,dma-test\"; reg = <" reg " 0 0 0 0>; };\n"

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

struct bad_tree {
	const char *old, *new, *message;
};

static void check_bad(const struct bad_tree *bad, size_t n)
{
	for (size_t i = 0; i < n; i++) {
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

START_TEST(devicetrees_that_make_no_machine)
{
	static const char second[] =
		"iommu@9080000 { compatible = \"arm,smmu-v3\"; reg = <0 0x09080000 0 0x20000>; };\n"
		"dma@a000000 {";
	static const struct bad_tree bad[] = {
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
		 "node /soc/pcie@4000000000: its reg must be 0x100000 bytes of ECAM, 1 MiB for "
		 "each "
		 "bus of bus-range, at a multiple of 4 GiB"},
		{"reg = <0x40 0x0 0x0 0x100000>;", "reg = <0x40 0x0 0x0 0x1000>;",
		 "bytes of ECAM, 1 MiB for each bus of bus-range, at a multiple of 4 GiB"},
		{"ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>;", "",
		 "node /soc/pcie@4000000000: its ranges must give a window of 32-bit memory"},
		{"compatible = \"faultline,dma-test\";\n				label",
		 "label", "node /soc/pcie@4000000000/dma@1,0: there is no such PCIe function"},
		{"reg = <0x0800 0x0 0x0 0x0 0x0>;", "reg = <0x10800 0x0 0x0 0x0 0x0>;",
		 "the bus number in it is 0"},
		{"label = \"dma1\";", "label = \"dma0\";", "two devices are called dma0"},
	};

	check_bad(bad, sizeof(bad) / sizeof(bad[0]));
}
END_TEST

/* What PCIe cannot be. */
START_TEST(pcie_trees_that_cannot_be)
{
	static const struct bad_tree bad[] = {
		{"bus-range = <0 0>;", "bus-range = <1 1>;", "its bus-range must begin with 0"},
		{"bus-range = <0 0>;", "bus-range = <0 256>;", "end with 255 at most"},
		{"bus-range = <0 0>;", "bus-range = <0 1>;",
		 "its reg must be 0x200000 bytes of ECAM"},
		{"ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>;",
		 "ranges = <0x01000000 0x0 0x0 0x0 0x10000000 0x0 0x10000>;",
		 "there is no I/O space"},
		{"ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>;",
		 "ranges = <0x02000000 0x0 0x0 0x0 0x10000000 0x0 0x10000000>;",
		 "the same PCI and CPU address"},
		{"ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>;",
		 "ranges = <0x02000000 0x0 0x10000000 0x0 0x10000000 0x0 0x10000000>, "
		 "<0x43000000 0x0 0x40000000 0x0 0x40000000 0x0 0x10000000>;",
		 "overlap ram"},
		{DMA1,
		 DMA1 "}; two@1,0 { compatible = \"faultline,dma-test\"; reg = <0x800 0 0 0 0>;",
		 "pcie@4000000000/two@1,0: a second function at the same address"},
		{DMA1, DMA1 PORT("2,0", "0x1000", ""),
		 "its ports and virtual functions need 2 buses, bus-range has 1"},
		{DMA1, DMA1 PORT("2,0", "0x1000", LEAF("1,0", "0x800")),
		 "port@2,0/dma@1,0: behind a port of a link there is device 0 alone"},
		{DMA1, DMA1 PORT("1,0", "0x800", ""), "a second function at the same address"},
		{DMA1, DMA1 PORT("2,0", "0x1000", "faultline,acs = <0x20>;"),
		 "faultline,acs is 0x20; its bits are those of 0x5f"},
		{DMA1, DMA1 "faultline,vfs = <8>;",
		 "dma@1,0: faultline,vfs is 8: at most 7 are possible behind this function on bus "
		 "0"},
		{DMA1, DMA1 "faultline,vfs = <1>;}; f { reg = <0x900 0 0 0 0>;",
		 "its virtual functions need function 1, which another node has"},
		{DMA1, DMA1 "faultline,memory = <0 0x1800>;",
		 "faultline,memory is 0x1800 bytes: a power of two from 4096 on"},
		{DMA1, DMA1 "faultline,memory = <0 0x20000000>;",
		 "faultline,memory is 0x20000000 bytes, more than the host's window of 0x10000000"},
		{DMA1, DMA1 "faultline,msi-vectors = <3>;",
		 "faultline,msi-vectors is 3, a power of two up to 32 is possible"},
		{DMA1, DMA1 "faultline,msix-vectors = <33>;",
		 "faultline,msix-vectors is 33, at most 32 is possible"},
		{DMA1, DMA1 "faultline,pri = <513>;", "faultline,pri is 513, at most 512"},
		{DMA1, DMA1 "faultline,pasid-bits = <21>;",
		 "faultline,pasid-bits is 21, at most 20"},
	};

	check_bad(bad, sizeof(bad) / sizeof(bad[0]));
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
	SUITE_CASE(pcie_trees_that_cannot_be);
	SUITE_CASE(cut_blobs_are_refused);
	SUITE_CASE(changed_blobs_do_no_harm);
	SUITE_CASE(kernels_on_changed_blobs_end);
}
