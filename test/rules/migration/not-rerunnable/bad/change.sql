UPDATE employees SET salary = salary + salary * 10 / 100 WHERE salary < 10000;
