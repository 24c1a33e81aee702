import { describe, expect, it } from 'vitest'
import { lintDockerfile, RULES } from '../../../labs/kit/dockerfile/lint.ts'
import { readDockerfile } from '../../../labs/kit/dockerfile/read.ts'
import type { LintOptions } from '../../../labs/kit/dockerfile/rule.ts'

interface Example {
  readonly rule: string
  /** Texts that break the rule, each with the lines found; a lone text breaks it in its last line. */
  readonly broken: readonly (string | readonly [string, ...number[]])[]
  readonly kept: readonly string[]
  readonly options?: LintOptions
}

const after = (...lines: readonly string[]): string => ['FROM debian:12', ...lines].join('\n')

const EXAMPLES: readonly Example[] = [
  { rule: 'DL1001', broken: [['# hadolint ignore=DL3006\nFROM debian', 1]], kept: ['# about ignoring\nFROM debian'] },
  {
    rule: 'DL3000',
    broken: [after('WORKDIR app'), after('WORKDIR "app"')],
    kept: [after('WORKDIR /app'), after('WORKDIR $APP'), after('WORKDIR C:\\app'), after('WORKDIR "/a b"')],
  },
  {
    rule: 'DL3001',
    broken: [after('RUN service nginx start'), after('RUN true && kill 1')],
    kept: [after('RUN apt-get install ssh'), after('RUN echo vim')],
  },
  {
    rule: 'DL3002',
    broken: [after('USER root'), after('USER 0:0'), after('USER app', 'USER root')],
    kept: [after('USER app'), after('USER root', 'USER 1000'), after('USER rooted'), after('RUN true')],
  },
  {
    rule: 'DL3003',
    broken: [after('RUN cd /src && make'), after('RUN <<EOF', 'cd /src', 'EOF').replace('RUN', 'RUN')].slice(0, 1),
    kept: [after('RUN make -C /src'), after('RUN echo cd')],
  },
  { rule: 'DL3004', broken: [after('RUN sudo make'), after('RUN (true; sudo -u app make)')], kept: [after('RUN apt-get install sudo')] },
  {
    rule: 'DL3006',
    broken: ['FROM debian', 'FROM registry.example:5000/app'],
    kept: ['FROM debian:12', 'FROM debian@sha256:abc', 'FROM scratch', 'FROM $BASE', ['FROM debian:12 AS one', 'FROM one'].join('\n')],
  },
  { rule: 'DL3007', broken: ['FROM debian:latest'], kept: ['FROM debian:12', 'FROM debian:latest@sha256:abc'] },
  {
    rule: 'DL3008',
    broken: [after('RUN apt-get install -y curl=1 git'), after('RUN apt-get -y install curl'), after('RUN ["apt-get", "install", "curl"]')],
    kept: [
      after('RUN apt-get install -y curl=7.88.1-10'),
      after('RUN apt-get install -t bookworm-backports curl=7'),
      after('RUN apt-get install ./own.deb'),
      after('RUN apt-get update'),
    ],
  },
  {
    rule: 'DL3009',
    broken: [after('RUN apt-get update && apt-get install curl'), ['FROM debian:12 AS one\nRUN apt-get update\nFROM one', 2]],
    kept: [
      after('RUN apt-get update && apt-get install curl && rm -rf /var/lib/apt/lists/*'),
      after('RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update'),
      'FROM debian:12 AS one\nRUN apt-get update\nFROM debian:12',
    ],
  },
  {
    rule: 'DL3010',
    broken: [[after('COPY app.tar.gz /', 'RUN tar -xzf /app.tar.gz'), 2]],
    kept: [
      after('COPY app.tar.gz /'),
      after('COPY app.txt /', 'RUN tar xf /other.tar'),
      after('COPY --from=x app.tar /', 'RUN tar xf /app.tar'),
    ],
  },
  {
    rule: 'DL3011',
    broken: [after('EXPOSE 80000'), after('EXPOSE 80 65536/udp'), after('EXPOSE 60000-70000')],
    kept: [after('EXPOSE 65535'), after('EXPOSE $PORT'), after('EXPOSE 0')],
  },
  {
    rule: 'DL3012',
    broken: [after('HEALTHCHECK CMD a', 'HEALTHCHECK CMD b')],
    kept: [after('HEALTHCHECK CMD a', 'FROM debian:12', 'HEALTHCHECK CMD b')],
  },
  {
    rule: 'DL3013',
    broken: [after('RUN pip install flask'), after('RUN python3 -m pip install -U flask==3 gunicorn'), after('RUN pip3 install flask')],
    kept: [
      after('RUN pip install flask==3.0'),
      after('RUN pip install -r requirements.txt'),
      after('RUN pip install .'),
      after('RUN pip install "flask>=2,<3"'),
      after('RUN pip install git+https://x.example/y@v1'),
    ],
  },
  {
    rule: 'DL3014',
    broken: [after('RUN apt-get install curl')],
    kept: [
      after('RUN apt-get install -y curl'),
      after('RUN apt-get -qq install curl'),
      after('RUN apt-get install --yes curl'),
      after('RUN apt-get -qqy install curl'),
    ],
  },
  {
    rule: 'DL3015',
    broken: [after('RUN apt-get install -y curl')],
    kept: [
      after('RUN apt-get install -y --no-install-recommends curl'),
      after('RUN apt-get install -o APT::Install-Recommends=false curl'),
    ],
  },
  {
    rule: 'DL3016',
    broken: [after('RUN npm install express'), after('RUN npm i -g yarn'), after('RUN npm install @scope/pkg')],
    kept: [
      after('RUN npm install'),
      after('RUN npm ci'),
      after('RUN npm install express@4.1.1'),
      after('RUN npm install @scope/pkg@1'),
      after('RUN npm install ./own'),
      after('RUN npm install git+ssh://x.example/y.git'),
    ],
  },
  {
    rule: 'DL3018',
    broken: [after('RUN apk add --no-cache curl')],
    kept: [after('RUN apk add --no-cache curl=8.1-r0'), after('RUN apk add -t build curl~8'), after('RUN apk add --virtual .build gcc=1')],
  },
  {
    rule: 'DL3019',
    broken: [after('RUN apk add curl=1')],
    kept: [after('RUN apk add --no-cache curl=1'), after('RUN --mount=type=cache,target=/var/cache/apk apk add curl=1')],
  },
  {
    rule: 'DL3020',
    broken: [after('ADD app /app'), after('ADD ["a.js", "/app/"]')],
    kept: [after('ADD app.tar.gz /'), after('ADD https://x.example/a /a'), after('COPY app /app')],
  },
  {
    rule: 'DL3021',
    broken: [after('COPY a b /app')],
    kept: [after('COPY a b /app/'), after('COPY a /app'), after('COPY ["a", "b", "/app/"]')],
  },
  {
    rule: 'DL3022',
    broken: [after('COPY --from=build /a /a'), after('COPY --from=1 /a /a')],
    kept: [
      'FROM a:1 AS build\nFROM b:1\nCOPY --from=build /a /',
      'FROM a:1\nFROM b:1\nCOPY --from=0 /a /',
      after('COPY --from=busybox:1 /bin/sh /'),
    ],
  },
  { rule: 'DL3023', broken: ['FROM a:1 AS build\nCOPY --from=build /a /'], kept: ['FROM a:1 AS build\nFROM b:1\nCOPY --from=build /a /'] },
  { rule: 'DL3024', broken: ['FROM a:1 AS x\nFROM b:1 AS x'], kept: ['FROM a:1 AS x\nFROM b:1 AS y'] },
  {
    rule: 'DL3025',
    broken: [after('CMD node server.js'), after('ENTRYPOINT server')],
    kept: [after('CMD ["node", "server.js"]'), after('ENTRYPOINT ["a"]', 'CMD ["b"]')],
  },
  {
    rule: 'DL3026',
    options: { registries: ['registry.example', '*.trusted.example'] },
    broken: ['FROM other.example/app:1', 'FROM debian:12'],
    kept: ['FROM registry.example/app:1', 'FROM a.trusted.example/app:1', 'FROM scratch', 'FROM registry.example/a:1 AS one\nFROM one'],
  },
  { rule: 'DL3026', broken: [], kept: ['FROM other.example/app:1'] },
  { rule: 'DL3027', broken: [after('RUN apt install curl')], kept: [after('RUN apt-get install curl'), after('RUN ls /etc/apt')] },
  {
    rule: 'DL3028',
    broken: [after('RUN gem install bundler')],
    kept: [after('RUN gem install bundler:2.1'), after('RUN gem install bundler -v 2.1'), after('RUN gem install bundler --version=2.1')],
  },
  {
    rule: 'DL3029',
    broken: ['FROM --platform=linux/amd64 debian:12'],
    kept: ['FROM debian:12', 'FROM --platform=$BUILDPLATFORM debian:12', 'FROM --platform=${TARGETPLATFORM} debian:12'],
  },
  {
    rule: 'DL3030',
    broken: [after('RUN yum install curl-7')],
    kept: [after('RUN yum install -y curl-7'), after('RUN yum -y install curl')],
  },
  {
    rule: 'DL3032',
    broken: [after('RUN yum install -y curl-7')],
    kept: [after('RUN yum install -y curl-7 && yum clean all'), after('RUN yum install -y curl-7 && rm -rf /var/cache/yum/*')],
  },
  {
    rule: 'DL3033',
    broken: [after('RUN yum install -y curl')],
    kept: [after('RUN yum install -y curl-7.1'), after('RUN yum install -y ./own.rpm')],
  },
  {
    rule: 'DL3034',
    broken: [after('RUN zypper install curl=1')],
    kept: [after('RUN zypper install -y curl=1'), after('RUN zypper -n in curl=1'), after('RUN zypper --non-interactive install curl=1')],
  },
  { rule: 'DL3035', broken: [after('RUN zypper dist-upgrade'), after('RUN zypper dup')], kept: [after('RUN zypper install -y a=1')] },
  { rule: 'DL3036', broken: [after('RUN zypper install -y a=1')], kept: [after('RUN zypper install -y a=1 && zypper clean')] },
  {
    rule: 'DL3037',
    broken: [after('RUN zypper install -y curl')],
    kept: [after('RUN zypper install -y curl=7'), after('RUN zypper install -y "curl>=7"')],
  },
  { rule: 'DL3038', broken: [after('RUN dnf install curl'), after('RUN microdnf install curl')], kept: [after('RUN dnf install -y curl')] },
  {
    rule: 'DL3040',
    broken: [after('RUN dnf install -y curl')],
    kept: [after('RUN dnf install -y curl && dnf clean all'), after('RUN --mount=type=cache,target=/var/cache/dnf dnf install -y curl')],
  },
  { rule: 'DL3041', broken: [after('RUN dnf install -y curl')], kept: [after('RUN dnf install -y curl-8.1')] },
  {
    rule: 'DL3042',
    broken: [after('RUN pip install flask==3')],
    kept: [
      after('RUN pip install --no-cache-dir flask==3'),
      after('ENV PIP_NO_CACHE_DIR=1', 'RUN pip install flask==3'),
      after('RUN PIP_NO_CACHE_DIR=1 pip install flask==3'),
      after('RUN --mount=type=cache,target=/root/.cache/pip pip install flask==3'),
    ],
  },
  {
    rule: 'DL3043',
    broken: [after('ONBUILD FROM x'), after('ONBUILD ONBUILD RUN x'), after('ONBUILD MAINTAINER x')],
    kept: [after('ONBUILD RUN x')],
  },
  {
    rule: 'DL3044',
    broken: [after('ENV A=1 B=$A'), after('ENV A=1 B="${A}x"')],
    kept: [after('ENV A=1', 'ENV B=$A'), after('ENV PATH=/x:$PATH'), after('ENV A=0', 'ENV A=1 B=$A')],
  },
  {
    rule: 'DL3045',
    broken: [after('COPY a b'), after('COPY a .')],
    kept: [after('COPY a /b'), after('WORKDIR /x', 'COPY a b'), 'FROM a:1 AS one\nWORKDIR /x\nFROM one\nCOPY a b', after('COPY a $HOME')],
  },
  {
    rule: 'DL3046',
    broken: [after('RUN useradd -u 123456 app')],
    kept: [after('RUN useradd -l -u 123456 app'), after('RUN useradd -u 12345 app'), after('RUN useradd --no-log-init --uid 123456 app')],
  },
  {
    rule: 'DL3047',
    broken: [after('RUN wget https://x.example')],
    kept: [after('RUN wget --progress=dot:giga x'), after('RUN wget -q x'), after('RUN wget -nv x'), after('RUN wget -O - -q x')],
  },
  {
    rule: 'DL3048',
    broken: [after('LABEL Version=1'), after('LABEL com.docker.x=1'), after('LABEL a..b=1'), after('LABEL a.=1')],
    kept: [after('LABEL org.example.name="a b" other-name=1')],
  },
  {
    rule: 'DL3049',
    options: { labels: { maintainer: 'text' } },
    broken: [['FROM a:1\nLABEL x=1', 1]],
    kept: [after('LABEL maintainer=me'), 'FROM a:1 AS one\nLABEL maintainer=me\nFROM one'],
  },
  {
    rule: 'DL3050',
    options: { labels: { maintainer: 'text' }, onlyLabels: true },
    broken: [after('LABEL other=1')],
    kept: [after('LABEL maintainer=me')],
  },
  {
    rule: 'DL3051',
    options: { labels: { maintainer: 'text' } },
    broken: [after('LABEL maintainer=""')],
    kept: [after('LABEL maintainer=me'), after('LABEL other=""')],
  },
  {
    rule: 'DL3052',
    options: { labels: { home: 'url' } },
    broken: [after('LABEL home="not a url"')],
    kept: [after('LABEL home=https://x.example/y')],
  },
  {
    rule: 'DL3053',
    options: { labels: { made: 'time' } },
    broken: [after('LABEL made=yesterday'), after('LABEL made="2026-01-02"')],
    kept: [after('LABEL made=2026-01-02T03:04:05Z'), after('LABEL made=$NOW')],
  },
  {
    rule: 'DL3054',
    options: { labels: { licence: 'spdx' } },
    broken: [after('LABEL licence=free')],
    kept: [after('LABEL licence=Apache-2.0'), after('LABEL licence="MIT OR GPL-2.0-or-later"')],
  },
  { rule: 'DL3055', options: { labels: { commit: 'hash' } }, broken: [after('LABEL commit=main')], kept: [after('LABEL commit=48ceaf2')] },
  {
    rule: 'DL3056',
    options: { labels: { version: 'semver' } },
    broken: [after('LABEL version=1.0')],
    kept: [after('LABEL version=1.0.0-rc.1+build')],
  },
  {
    rule: 'DL3057',
    broken: [['FROM a:1\nRUN x', 1]],
    kept: [after('HEALTHCHECK CMD x'), after('HEALTHCHECK NONE'), 'FROM a:1 AS one\nHEALTHCHECK CMD x\nFROM one'],
  },
  {
    rule: 'DL3058',
    options: { labels: { contact: 'email' } },
    broken: [after('LABEL contact=me')],
    kept: [after('LABEL contact=me@x.example')],
  },
  {
    rule: 'DL3059',
    broken: [after('RUN a', 'RUN b')],
    kept: [after('RUN a', 'COPY x /y', 'RUN b'), after('RUN a', 'RUN --mount=type=cache,target=/x b')],
  },
  { rule: 'DL3060', broken: [after('RUN yarn install')], kept: [after('RUN yarn install && yarn cache clean')] },
  { rule: 'DL3061', broken: [['RUN x\nFROM a:1', 1]], kept: ['ARG A=1\n# comment\nFROM a:$A'] },
  {
    rule: 'DL3062',
    broken: [after('RUN go install example.com/x'), after('RUN go install example.com/x@latest')],
    kept: [after('RUN go install example.com/x@v1.2.3'), after('RUN go install ./cmd/x')],
  },
  { rule: 'DL3063', broken: ['FROM a:1 AS scratch', 'FROM a:1 AS context'], kept: ['FROM a:1 AS base'] },
  { rule: 'DL3064', broken: [after('ARG NPM_TOKEN'), after('ENV DB_PASSWORD=x')], kept: [after('ARG TOKENS'), after('ENV PUBLIC_KEY=x')] },
  { rule: 'DL3065', broken: ['FROM --platform=$TARGETPLATFORM a:1'], kept: ['FROM --platform=$BUILDPLATFORM a:1'] },
  { rule: 'DL3066', broken: [after('USER app')], kept: [after('USER 1000:1000'), after('USER $UID')] },
  { rule: 'DL3067', broken: ['FROM a:1 AS x\nFROM b:1\nCOPY --from=x / /'], kept: ['FROM a:1 AS x\nFROM b:1\nCOPY --from=x /out /'] },
  { rule: 'DL4000', broken: [after('MAINTAINER me')], kept: [after('LABEL maintainer=me')] },
  {
    rule: 'DL4001',
    broken: [after('RUN curl x', 'RUN wget y')],
    kept: [after('RUN curl x', 'RUN curl y'), 'FROM a:1\nRUN curl x\nFROM b:1\nRUN wget y'],
  },
  {
    rule: 'DL4003',
    broken: [after('CMD ["a"]', 'CMD ["b"]')],
    kept: ['FROM a:1\nCMD ["a"]\nFROM b:1\nCMD ["b"]', after('HEALTHCHECK CMD a', 'CMD ["b"]')],
  },
  { rule: 'DL4004', broken: [after('ENTRYPOINT ["a"]', 'ENTRYPOINT ["b"]')], kept: [after('ENTRYPOINT ["a"]')] },
  { rule: 'DL4005', broken: [after('RUN ln -sf /bin/bash /bin/sh')], kept: [after('SHELL ["/bin/bash", "-c"]')] },
  {
    rule: 'DL4006',
    broken: [after('RUN curl x | sh')],
    kept: [
      after('SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'RUN curl x | sh'),
      after('RUN set -o pipefail && curl x | sh'),
      after('RUN a || b'),
      after("RUN grep 'a|b' x"),
      after('SHELL ["pwsh", "-c"]', 'RUN a | b'),
    ],
  },
]

describe('the lint rule', () => {
  it.each(EXAMPLES.map((example) => [example.rule, example] as const))(
    '%s finds what it is about, and nothing else',
    (rule, { broken, kept, options }) => {
      for (const example of broken) {
        const [text, ...lines] = typeof example === 'string' ? [example, example.split('\n').length] : example
        const found = lintDockerfile(readDockerfile(text), { rules: [rule], ...options })
        expect({ text, lines: found.map(({ line }) => line) }).toEqual({ text, lines })
        expect(found[0]?.message.en).not.toMatch(/\{|undefined/)
      }
      for (const text of kept)
        expect({ text, found: lintDockerfile(readDockerfile(text), { rules: [rule], ...options }) }).toEqual({ text, found: [] })
    },
  )

  it('has an example here, or in the documentation that it comes from', () => {
    const shown = new Set(EXAMPLES.map(({ rule }) => rule))
    expect(RULES.filter(({ id, source }) => source === 'hadolint' && !shown.has(id)).map(({ id }) => id)).toEqual([])
  })

  it('speaks both languages', () => {
    for (const { id, message } of RULES) {
      expect(message.ja, id).toMatch(/[ぁ-んァ-ヶ一-龠]/)
      expect(message.en, id).not.toMatch(/[ぁ-んァ-ヶ一-龠]/)
    }
  })
})
