import sys

print('hello')
sys.exit(1)
