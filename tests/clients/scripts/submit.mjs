// Node's fetch reads, and then files a return, which over the desktop channel goes by SOAP alone.
const url = process.env.GATEPROOF_URL + "/gateway2/gws/returns/";
const authorization = "Bearer " + process.env.GATEPROOF_TOKEN;
const types = "urn:www.ird.govt.nz/GWS:types/";
const service = "https://services.ird.govt.nz/GWS/Returns/";
const message = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>
<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">${service}Return/File</a:Action></s:Header><s:Body>
<r:File xmlns:r="${service}"><r:ReturnFileRequestMsg><w:FileRequestWrapper xmlns:w="${service}:types/FileRequest">
<i:fileRequest xmlns:i="${types}ReturnIR3.v1" xmlns:f="${types}ReturnCommon.v2" xmlns:c="${types}Common.v2">
<f:fileHeader><c:softwareProviderData><c:softwareProvider>Gateproof</c:softwareProvider>
<c:softwarePlatform>Embedded</c:softwarePlatform><c:softwareRelease>1.0</c:softwareRelease></c:softwareProviderData>
<c:identifier IdentifierValueType="IRD">${process.env.GATEPROOF_IRD}</c:identifier><c:accountType>INC</c:accountType>
<f:periodEndDate>2026-03-31</f:periodEndDate><f:majorFormType>INC</f:majorFormType><f:minorFormType>3</f:minorFormType>
</f:fileHeader><f:fileBody><f:standardFields><f:isNilReturn>true</f:isNilReturn><f:amendmentRequest>
<f:isAmended>false</f:isAmended><f:amendReason>none</f:amendReason><f:amendDetails/></f:amendmentRequest>
</f:standardFields><f:formFields xsi:type="i:FormFieldsType" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>
</f:fileBody></i:fileRequest></w:FileRequestWrapper></r:ReturnFileRequestMsg></r:File></s:Body></s:Envelope>`;

async function told(answer) {
  const text = await answer.text();
  if (answer.status !== 200) {
    throw new Error(`${answer.status} ${text}`);
  }
}

try {
  await told(await fetch(url + "?singleWsdl", { headers: { authorization }, signal: AbortSignal.timeout(5000) }));
  await new Promise(setImmediate); // until the connection is free again
  await told(await fetch(url, {
    method: "POST",
    headers: { authorization, "content-type": "application/soap+xml; charset=utf-8" },
    body: message,
    signal: AbortSignal.timeout(5000),
  }));
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
