const http = require('node:http')

http.get(`${process.env.STORE_URL}/catalogue.json`, (answer) => {
  if (answer.statusCode !== 200) process.exit(1)
  answer.pipe(process.stdout)
})
