print('hello', end='')
