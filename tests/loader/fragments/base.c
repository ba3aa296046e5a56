/* SPDX-License-Identifier: MIT */
/* Definitions that the other fragments use, and one of each kind of symbol. */
static int local_value = 1;

int shared_counter = 41;
int common_block[10];

int base_local(void)
{
	return local_value;
}

__attribute__((weak)) int weak_choice(void)
{
	return 1;
}

int add_numbers(int a, int b)
{
	return a + b;
}

const char *base_text(void)
{
	return "text of base";
}
