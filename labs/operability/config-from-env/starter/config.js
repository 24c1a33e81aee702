// The settings of the quote service: one block for each environment.
const environments = {
  development: {
    ratesUrl: 'http://localhost:9000',
    ratesKey: 'rk-development-0000',
    currency: 'JPY',
    maxItems: 20,
    sendMail: false,
  },
  staging: {
    ratesUrl: 'http://rates-staging:9000',
    ratesKey: 'rk-staging-5d1f09c2',
    currency: 'JPY',
    maxItems: 20,
    sendMail: false,
  },
  production: {
    ratesUrl: 'http://rates:9000',
    ratesKey: 'rk-live-c0ffee17a2b9',
    currency: 'JPY',
    maxItems: 50,
    sendMail: true,
  },
}

const name = process.env.APP_ENV

export const config = { name, ...(environments[name] ?? environments.development) }
