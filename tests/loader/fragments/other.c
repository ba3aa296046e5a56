/* SPDX-License-Identifier: MIT */
/* Uses base.c; its strong weak_choice and larger common_block win. */
static int local_value = 2;

extern int shared_counter;
int common_block[20];

int add_numbers(int a, int b);
__attribute__((weak)) int nobody_defines_this(void);

int other_local(void)
{
	return local_value;
}

int weak_choice(void)
{
	return 2;
}

int count(void)
{
	shared_counter = add_numbers(shared_counter, 1);
	return shared_counter;
}

int weak_is_null(void)
{
	return nobody_defines_this == 0;
}

static int only_in_other(void)
{
	return 3;
}

int (*const table_of_other[])(void) = {only_in_other};
