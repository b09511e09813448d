// Draws the API's own document with Swagger UI.
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true });
