UPDATE employees SET salary = 3000 WHERE salary < 3000;
